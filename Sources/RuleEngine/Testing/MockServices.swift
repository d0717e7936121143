import BoxClient
import Delivery
import LuaHost
import Synchronization

/// The surroundings of a test: no network, files in memory. What was not mocked is a failure, not a request.
final class MockServices: RuleServices {
  private struct State {
    /// JSON texts; nil until a test has given them.
    var events: [String]?
    var http: [String: [LuaValue]] = [:]
    var api: [String: [LuaValue]] = [:]
    var files: [String: [UInt8]] = [:]
    var unmocked: [String] = []
  }

  private let state = Mutex(State())

  func mockEvents(_ texts: [String]) {
    state.withLock { $0.events = texts }
  }

  func mockHTTP(_ method: String, _ url: String, _ response: LuaValue) {
    state.withLock { $0.http["\(method.uppercased()) \(url)", default: []].append(response) }
  }

  func mockAPI(_ method: String, _ path: String, _ response: LuaValue) {
    state.withLock { $0.api["\(method.uppercased()) \(path)", default: []].append(response) }
  }

  /// Calls that met no mock.
  var unmocked: [String] { state.withLock { $0.unmocked } }

  private func missing(_ call: String, _ advice: String) -> QueryError {
    state.withLock { $0.unmocked.append(call) }
    return QueryError("\(call) was not mocked; \(advice)")
  }

  /// Of several answers to the same call each serves once, the last for ever.
  private static func take(_ answers: inout [LuaValue]?) -> LuaValue? {
    guard let first = answers?.first else { return nil }
    if answers!.count > 1 { answers!.removeFirst() }
    return first
  }

  func getEvents(_ query: EventQuery) async throws -> QueriedEvents {
    guard let events = state.withLock({ $0.events }) else {
      throw missing("box.get_events", "t:mock_events { … } answers it in a test")
    }
    let isFirst = query.parameters.streamPosition?.text.hasPrefix("mock-") != true
    let entries = isFirst ? events : []
    let text =
      "{\"chunk_size\":\(entries.count),\"next_stream_position\":\"mock-end\",\"entries\":[\(entries.joined(separator: ","))]}"
    return QueriedEvents(try Events(page: PaddedBytes(text.utf8)))
  }

  func getRealtimeServers() async throws -> LuaValue {
    throw missing("box.get_events_with_long_polling", "tests have no real-time server")
  }

  func api(_ request: APIRequest) async throws -> LuaValue {
    let key = "\(request.method) \(request.path)"
    guard let answer = state.withLock({ Self.take(&$0.api[key]) }) else {
      let mock = "t:mock_api(\"\(request.method)\", \"\(request.path)\", { … })"
      throw missing("box.api \(key)", "\(mock) answers it in a test")
    }
    return answer
  }

  func http(_ request: HTTPRequest) async throws -> LuaValue {
    let key = "\(request.method) \(request.url)"
    guard let answer = state.withLock({ Self.take(&$0.http[key]) }) else {
      let mock = "t:mock_http(\"\(request.method)\", \"\(request.url)\", { status = 200 })"
      throw missing("box.http \(key)", "\(mock) answers it in a test")
    }
    return answer
  }

  func log(_ line: RuleLogLine) {}
  func hasSecret(_ name: String) -> Bool { true }
  func position(of stream: String) -> String? { "0" }
  func checkFile(_ path: OutputPath) throws {}
  func readFile(_ path: OutputPath) throws -> [UInt8]? { state.withLock { $0.files[path.description] } }

  func deliver(_ effect: Effect) {
    state.withLock { state in
      switch effect {
      case .append(let path, let bytes, _, let header):
        state.files[path.description] = (state.files[path.description] ?? header ?? []) + bytes
      case .write(let path, let bytes): state.files[path.description] = bytes
      default: break
      }
    }
  }

  var fileNames: [String] { state.withLock { $0.files.keys.sorted() } }
}
