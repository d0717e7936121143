import BoxClient
import Delivery
import Foundation
import Logging
import Synchronization
import Testing

/// An alert's JSON, with text that every service would like to interpret.
let nastyAlert = """
  {"id":"a-1","time":"2026-01-05T09:14:00Z","kind":"alert","severity":"high","title":"<!channel> & [x](http://evil)\\r\\nBcc: x",\
  "body":"**bold** <https://evil|here>","rule":"rules/a","stream":"enterprise","event_id":"e1","event_type":"UPLOAD",\
  "dedup_key":"42","context":{"path":"/a/<b>","count":3,"list":[1,null,true,1.5]}}
  """

func alertItem(_ json: String, key: String = "key-1") -> OutboxItem {
  OutboxItem(id: 1, key: key, payload: .alert(Array(json.utf8)), createdAt: 0, due: 0)
}

/// A client for a server of the test's own.
func client(for url: String, _ connections: PinnedConnections) throws -> GuardedHTTPClient {
  GuardedHTTPClient(allowed: try AllowedHosts(url: url), connections: connections)
}

/// JSON as Foundation reads it: another reader than the one that is tested.
func parsed(_ bytes: [UInt8]) throws -> NSDictionary {
  try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? NSDictionary)
}

/// Sends one alert in a form, and gives what the server saw.
func sent(
  _ json: String, status: Int = 200, headers: [(String, String)] = [], as form: (String) -> any AlertForm
) async throws -> (request: TestServer.Request, result: DeliveryResult) {
  let server = try await TestServer.start { _ in .status(status, headers, "said\u{1B}") }
  let connections = PinnedConnections()
  let url = server.url("/hook?token=s3cret")
  let sink = HTTPAlertSink(form: form(url), client: try client(for: url, connections))
  let answer = await sink.deliver([alertItem(json)])
  await connections.shutdown()
  let request = try #require(server.requests.first)
  try await server.stop()
  return (request, try #require(answer.results.first))
}

/// A log that remembers its lines.
final class TestLog: Sendable {
  struct Line: Sendable {
    let level: Logger.Level
    let message: String
    let metadata: Logger.Metadata
  }

  private let kept = Mutex<[Line]>([])
  var lines: [Line] { kept.withLock { $0 } }
  var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

  private struct Handler: LogHandler {
    let log: TestLog
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      log.kept.withLock {
        $0.append(Line(level: event.level, message: "\(event.message)", metadata: event.metadata ?? [:]))
      }
    }
  }
}
