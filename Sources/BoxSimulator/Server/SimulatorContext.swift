import Hummingbird
import NIOCore

/// What a request needs beside itself: its connection.
struct SimulatorContext: InitializableFromSource {
  let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    channel = source.channel
  }
}
