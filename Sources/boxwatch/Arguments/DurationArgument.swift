import ArgumentParser
import BoxClient

/// A duration on the command line: seconds, or text such as `5m`.
struct DurationArgument: ExpressibleByArgument {
  let duration: Duration

  init?(argument: String) {
    guard let duration = Duration(text: argument) else { return nil }
    self.duration = duration
  }
}
