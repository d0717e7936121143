import BoxClient
import ConfigurationFile
import Logging
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The log of a watcher on standard error.
enum RunLog {
  static func logger(level: BoxwatchConfiguration.LogLevel, format: BoxwatchConfiguration.LogFormat) -> Logger {
    var logger = Logger(label: "boxwatch", factory: { _ in RunLogHandler(format: format) })
    logger.logLevel = Logger.Level(rawValue: level.rawValue) ?? .info
    return logger
  }

  /// A line about the whole run, in the log's form. A person gets it as from every command, whatever the log's level is.
  static func tell(_ level: Logger.Level, _ text: String, format: BoxwatchConfiguration.LogFormat) {
    write(line(level, text, format), format: format)
  }

  private static func line(
    _ level: Logger.Level, _ text: String, _ format: BoxwatchConfiguration.LogFormat
  ) -> String {
    switch format {
    case .json: jsonLine(level, text, [])
    case .text: level == .warning ? StandardError.warning(text) : "boxwatch: \(text)\n"
    }
  }

  private static let writer = LogWriter(descriptor: STDERR_FILENO)
  private static let isDetached = Atomic(false)

  /// From here on nothing waits for whoever reads the log: for a watcher that is to go on whatever its reader does. Where
  /// the log is what a person waits for, it waits for that person.
  static func detach() { isDetached.store(true, ordering: .relaxed) }

  static func write(_ line: String, format: BoxwatchConfiguration.LogFormat) {
    guard isDetached.load(ordering: .relaxed) else { return StandardError.write(line) }
    writer.write(line) { count in
      let lines = count == 1 ? "1 line of the log was" : "\(count) lines of the log were"
      return Self.line(.warning, "\(lines) left out here, because nobody read it", format)
    }
  }

  /// Waits for the reader, for a second at most. To be called before the end.
  static func flush() { if isDetached.load(ordering: .relaxed) { writer.flush() } }

  /// An event of the log as JSON, with the line break.
  static func jsonLine(_ level: Logger.Level, _ message: String, _ details: [(String, String)]) -> String {
    let members = [("time", time), ("level", level.rawValue), ("message", message)] + details
    let text = members.map { "\(JSONString.quote($0)):\(JSONString.quote($1))" }.joined(separator: ",")
    return "{\(text)}\n"
  }

  fileprivate static var time: String { Timestamp(seconds: WallClock.now.seconds).description }
}

/// A line an event: `2026-01-05T09:14:00Z warning message (key: value)`, or a JSON object.
private struct RunLogHandler: LogHandler {
  let format: BoxwatchConfiguration.LogFormat
  var logLevel: Logger.Level = .info
  var metadata: Logger.Metadata = [:]

  init(format: BoxwatchConfiguration.LogFormat) { self.format = format }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let details = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
    switch format {
    case .json:
      let line = RunLog.jsonLine(event.level, "\(event.message)", details.map { ($0.key, "\($0.value)") })
      RunLog.write(line, format: format)
    case .text:
      let rule = details.first { $0.key == "rule" }.map { "[\($0.value)] " } ?? ""
      let rest = details.filter { $0.key != "rule" }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
      let suffix = rest.isEmpty ? "" : " (\(rest))"
      let level = event.level.rawValue.padded(to: 7)
      // A traceback stands on lines of its own. None of them, nor a line of a file's name, looks like one of the log's.
      let lines = "\(event.message)\(suffix)".split(separator: "\n", omittingEmptySubsequences: false)
      let text = lines.map { TerminalText.escapedLine(String($0)) }.enumerated()
        .map { $0 == 0 || $1.hasPrefix("  ") ? $1 : "  " + $1 }.joined(separator: "\n")
      RunLog.write("\(RunLog.time) \(level) \(rule)\(text)\n", format: format)
    }
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
