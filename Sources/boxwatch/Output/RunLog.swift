import BoxClient
import ConfigurationFile
import Logging

/// The log of a watcher on standard error.
enum RunLog {
  static func logger(level: BoxwatchConfiguration.LogLevel, format: BoxwatchConfiguration.LogFormat) -> Logger {
    var logger = Logger(label: "boxwatch", factory: { _ in RunLogHandler(format: format) })
    logger.logLevel = Logger.Level(rawValue: level.rawValue) ?? .info
    return logger
  }
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
    let now = WallClock.now
    let time = Timestamp(seconds: now.seconds).description
    switch format {
    case .json:
      var members = [("time", time), ("level", event.level.rawValue), ("message", "\(event.message)")]
      members += details.map { ($0.key, "\($0.value)") }
      let text = members.map { "\(JSONString.quote($0)):\(JSONString.quote($1))" }.joined(separator: ",")
      StandardError.write("{\(text)}\n")
    case .text:
      let rule = details.first { $0.key == "rule" }.map { "[\($0.value)] " } ?? ""
      let rest = details.filter { $0.key != "rule" }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
      let suffix = rest.isEmpty ? "" : " (\(rest))"
      let level = event.level.rawValue.padded(to: 7)
      // A traceback stands on lines of its own.
      let lines = "\(event.message)\(suffix)".split(separator: "\n", omittingEmptySubsequences: false)
      let text = lines.map { TerminalText.escapedLine(String($0)) }.joined(separator: "\n")
      StandardError.write("\(time) \(level) \(rule)\(text)\n")
    }
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
