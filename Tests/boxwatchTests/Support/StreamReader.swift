import Foundation
import Synchronization

/// Reads a stream to its end on a thread of its own.
final class StreamReader: Sendable {
  private let received = Mutex(Data())
  private let ended: AsyncStream<Never>

  init(_ handle: FileHandle) {
    let (ended, sink) = AsyncStream<Never>.makeStream()
    self.ended = ended
    Thread.detachNewThread { [self] in
      var chunk = [UInt8](repeating: 0, count: 1 << 16)
      // What is there, not until the room is full. A terminal that nobody holds any more is at its end as well.
      while case let count = Foundation.read(handle.fileDescriptor, &chunk, chunk.count), count > 0 {
        received.withLock { $0 += chunk[..<count] }
      }
      sink.finish()
    }
  }

  /// What has come so far.
  var bytes: Data { received.withLock { $0 } }

  /// Returns when all has come.
  func end() async { for await _ in ended {} }
}
