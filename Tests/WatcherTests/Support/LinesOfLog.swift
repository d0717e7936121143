import BoxClient
import Logging
import Synchronization
import Testing

/// What was logged, and what must not be.
final class LinesOfLog: Sendable {
  private let lines = Mutex<[String]>([])
  private let secrets = Mutex<Set<String>>([])

  var all: [String] { lines.withLock { $0 } }
  func contains(_ text: String) -> Bool { all.contains { $0.contains(text) } }

  var logger: Logger {
    var logger = Logger(label: "test", factory: { _ in Handler(lines: self) })
    logger.logLevel = .trace
    return logger
  }

  /// Every ``Secret`` in a value, however deep, must not be in the log.
  func hide(secretsIn value: Any) {
    if let secret = value as? Secret {
      secrets.withLock { _ = $0.insert(secret.revealed) }
    } else {
      for child in Mirror(reflecting: value).children { hide(secretsIn: child.value) }
    }
  }

  /// Fails the test where a line shows a secret.
  func search() {
    let secrets = secrets.withLock { $0 }
    for line in all where secrets.contains(where: line.contains) { Issue.record("the log shows a secret: \(line)") }
  }

  private func add(_ line: String) { lines.withLock { $0.append(line) } }

  private struct Handler: LogHandler {
    let lines: LinesOfLog
    var logLevel = Logger.Level.trace
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let all = metadata.merging(event.metadata ?? [:]) { $1 }
      lines.add("\(event.level) \(event.message)\(all.isEmpty ? "" : " \(all)")")
    }
  }
}
