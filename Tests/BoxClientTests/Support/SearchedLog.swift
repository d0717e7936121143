import BoxClient
import Logging
import Testing

/// A log that fails the test where a line shows something secret that a call carried.
struct SearchedLog: LogHandler {
  let transport: ScriptedTransport
  var logLevel = Logger.Level.trace
  var metadata: Logger.Metadata = [:]

  init(_ transport: ScriptedTransport) { self.transport = transport }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let line = "\(event.message) \(metadata.merging(event.metadata ?? [:]) { $1 })"
    let secrets = transport.calls.compactMap { $0.headers.first(name: "authorization")?.split(separator: " ").last }
    for secret in secrets where line.contains(secret) { Issue.record("the log shows \(secret): \(line)") }
  }
}
