import BoxClient
import EventFeed
import Logging

/// What the person is told beside the data.
enum Console {
  /// A logger that writes plain lines to standard error.
  static func logger() -> Logger {
    Logger(label: "boxwatch", factory: { _ in ConsoleLogHandler() })
  }

  /// Tells of a feed's troubles; what goes as it should is not told.
  static func tell(_ notices: AsyncStream<FeedNotice>) async {
    for await notice in notices {
      if case .shortPage(let page) = notice { StandardError.write("boxwatch: \(page)\n") }
      guard case .waiting(let duration, let reason, let error) = notice else { continue }
      let isTrouble = error != nil || reason == .noPosition || reason == .noServer || reason == .briefServer
      guard isTrouble else { continue }
      let because = error.map { ": \(TerminalText.escaped($0))" } ?? ""
      StandardError.write("boxwatch: \(reason.rawValue), next in \(duration.roundedText)\(because)\n")
    }
  }
}
