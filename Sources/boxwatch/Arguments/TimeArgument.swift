import ArgumentParser
import BoxClient

/// A time on the command line: RFC 3339, or relative to now as `-1h`.
struct TimeArgument: ExpressibleByArgument {
  let time: Timestamp

  init?(argument: String) {
    if argument.hasPrefix("-"), let ago = Duration(text: argument.dropFirst()) {
      time = WallClock.now - ago
    } else if let time = Timestamp(argument) {
      self.time = time
    } else {
      return nil
    }
  }

  static let forms = "RFC 3339 such as 2026-01-05T09:00:00Z, or relative such as -1h"
}
