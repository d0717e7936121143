import Logging

/// `boxwatch: message (key: value)`.
struct ConsoleLogHandler: LogHandler {
  var logLevel: Logger.Level = .info
  var metadata: Logger.Metadata = [:]

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let details = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }.map {
      "\($0.key): \($0.value)"
    }
    let suffix = details.isEmpty ? "" : " (\(details.joined(separator: ", ")))"
    let level = event.level >= .warning ? "\(event.level): " : ""
    StandardError.write("boxwatch: \(level)\(TerminalText.escaped("\(event.message)\(suffix)"))\n")
  }
}
