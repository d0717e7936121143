import BoxClient
import Delivery
import LuaHost
import Synchronization

@testable import RuleEngine

/// The surroundings of live rules in a test: `box.api.get(path)` waits at the gate `/gate`, or an hour for `/slow`, or
/// is answered as the test says for its path.
final class ScriptedServices: RuleServices {
  let gate = Gate()
  private let answers = Mutex<[String: Result<LuaValue, QueryError>]>([:])
  private let calls = Mutex<[String]>([])
  private let lines = Mutex<[RuleLogLine]>([])

  func answer(_ path: String, _ answer: Result<LuaValue, QueryError>) { answers.withLock { $0[path] = answer } }
  /// What rules logged.
  var logged: [RuleLogLine] { lines.withLock { $0 } }
  /// Paths in the order in which they were asked for.
  var asked: [String] { calls.withLock { $0 } }

  func api(_ request: APIRequest) async throws -> LuaValue {
    calls.withLock { $0.append(request.path) }
    if request.path == "/gate" {
      await gate.pass()
      return .boolean(true)
    }
    if request.path == "/slow" { try await Task.sleep(for: .seconds(3600)) }
    guard let answer = answers.withLock({ $0[request.path] }) else { throw QueryError("no answer for \(request.path)") }
    return try answer.get()
  }

  /// How everything but `box.api` is refused.
  let refusal = Mutex(QueryError("nothing is answered here"))

  /// The pages of events that queries get, one each, whatever they ask for.
  let pages = Mutex<[Events]>([])

  func getEvents(_ query: EventQuery) async throws -> QueriedEvents {
    guard let page = pages.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else { throw refusal.withLock { $0 } }
    return QueriedEvents(page)
  }
  func getRealtimeServers(stream: String?) async throws -> LuaValue { throw refusal.withLock { $0 } }
  func http(_ request: HTTPRequest) async throws -> LuaValue { throw refusal.withLock { $0 } }
  func log(_ line: RuleLogLine) { lines.withLock { $0.append(line) } }
  func readFile(_ path: OutputPath) throws -> [UInt8]? { nil }
  func checkFile(_ path: OutputPath) throws {}
  func hasSecret(_ name: String) -> Bool { false }
  func position(of stream: String) -> String? { nil }
}
