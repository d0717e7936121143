import BoxClient
import Delivery
import LuaHost
import Synchronization

/// The surroundings of a test: no network, files in memory. What was not mocked is a failure, not a request.
final class MockServices: RuleServices {
  private struct State {
    /// Nil until a test has given them.
    var events: Events?
    var http: [String: [LuaValue]] = [:]
    var api: [String: [Result<LuaValue, QueryError>]] = [:]
    var files: [String: [UInt8]] = [:]
    var unmocked: [String] = []
  }

  private let state = Mutex(State())

  /// - Parameter texts: an event's JSON each.
  func mockEvents(_ texts: [String]) throws {
    let events = try Events(array: PaddedBytes("[\(texts.joined(separator: ","))]".utf8))
    if let place = events.entries.firstIndex(where: { $0.flaw != nil }) {
      throw Arguments.Mistake(
        "t:mock_events takes events, tables with fields such as event_type; element \(place + 1) is none")
    }
    state.withLock { $0.events = events }
  }

  func mockHTTP(_ method: String, _ url: String, _ response: LuaValue) {
    state.withLock { $0.http["\(method.uppercased()) \(url)", default: []].append(response) }
  }

  /// - Parameter response: JSON text, or nil for an answer without content. One with a `status` of 400 or more is a
  ///   refusal of Box's (PROTOCOL.md, section 5), which the call raises.
  func mockAPI(_ method: String, _ path: String, _ response: LuaString?) {
    let method = method.uppercased()
    let refusal = response.flatMap { Self.refusal($0, of: "\(method) /2.0\(path)") }
    let answer: Result<LuaValue, QueryError> =
      if let refusal { .failure(refusal) } else { .success(response.map { LuaValue.json($0) } ?? LuaValue.nil) }
    state.withLock { $0.api["\(method) \(path)", default: []].append(answer) }
  }

  private static func refusal(_ response: LuaString, of call: String) -> QueryError? {
    let body = PaddedBytes(response.bytes)
    // Any object can be read as an event.
    guard let member = (try? Events(event: body))?.entries.first?["status"], member.kind == .number,
      let status = Int(member.text), status >= 400
    else { return nil }
    let refusal = BoxAPIError(HTTPAnswer(status: status, headers: [:], body: body), to: call)
    return QueryError(
      "\(refusal)", status: status, code: refusal.code, requestID: refusal.requestID, mayPass: refusal.passes)
  }

  /// Calls that met no mock.
  var unmocked: [String] { state.withLock { $0.unmocked } }

  private func missing(_ call: String, _ advice: String) -> QueryError {
    state.withLock { $0.unmocked.append(call) }
    return QueryError("\(call) was not mocked; \(advice)")
  }

  /// Of several answers to the same call each serves once, the last for ever.
  private static func take<Answer>(_ answers: inout [Answer]?) -> Answer? {
    guard let first = answers?.first else { return nil }
    if answers!.count > 1 { answers!.removeFirst() }
    return first
  }

  func getEvents(_ query: EventQuery) async throws -> QueriedEvents {
    guard let events = state.withLock({ $0.events }) else {
      throw missing("box.get_events", "t:mock_events { … } answers it in a test")
    }
    let all = events.entries.filter { Self.matches($0, query.parameters) }
    let begin = min(Self.place(query.parameters.streamPosition) ?? 0, all.count)
    let entries = all[begin...].prefix(query.parameters.limit ?? all.count).map(\.text)
    let next = "\(Self.positionPrefix)\(begin + entries.count)"
    let text =
      "{\"chunk_size\":\(entries.count),\"next_stream_position\":\"\(next)\",\"entries\":[\(entries.joined(separator: ","))]}"
    return QueriedEvents(try Events(page: PaddedBytes(text.utf8)))
  }

  private static let positionPrefix = "mock-"

  /// How many of the mocked events a position lies behind; nil where it is none of an earlier answer.
  private static func place(_ position: StreamPosition?) -> Int? {
    guard let text = position?.text, text.hasPrefix(positionPrefix) else { return nil }
    return Int(text.dropFirst(positionPrefix.count)).map { max($0, 0) }
  }

  /// Whether Box would answer with an event. It heeds types on the enterprise streams alone, and times on `admin_logs`
  /// alone (PROTOCOL.md, section 3 "Parameters"). A mocked event without a time fits any.
  private static func matches(_ event: Event, _ query: GetEventsQueryParams) -> Bool {
    if query.streamType?.isEnterprise == true, let types = query.eventType, !types.isEmpty {
      guard types.contains(event.eventType) else { return false }
    }
    guard query.streamType == .adminLogs, let time = event.createdAt.flatMap({ Timestamp($0) }) else { return true }
    return query.createdAfter.map { time >= $0 } ?? true && query.createdBefore.map { time <= $0 } ?? true
  }

  func getRealtimeServers(stream: String?) async throws -> LuaValue {
    throw missing("box.get_events_with_long_polling", "tests have no real-time server")
  }

  func api(_ request: APIRequest) async throws -> LuaValue {
    let key = "\(request.method) \(request.path)"
    guard let answer = state.withLock({ Self.take(&$0.api[key]) }) else {
      let mock = "t:mock_api(\"\(request.method)\", \"\(request.path)\", { … })"
      throw missing("box.api \(key)", "\(mock) answers it in a test")
    }
    return try answer.get()
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
