import LuaHost
import RuleEngine

extension AttachedConsole {
  public func run(_ text: String, name: String, line: Int, form: ValueForm) async -> ChunkReport {
    let chunk = AttachedRequest.Chunk(text: text, name: name, line: line, form: form.rawValue)
    do {
      return try await ask(AttachedRequest(.run, chunk: chunk)).report
        ?? ChunkReport(failure: LuaFailure(.internal, "the watcher's answer says nothing"))
    } catch {
      return ChunkReport(failure: LuaFailure(.internal, "\(error)"))
    }
  }

  /// A text of which the watcher says nothing counts as a chunk: running it tells why.
  public func completeness(of text: String, name: String, line: Int) async -> Completeness {
    let chunk = AttachedRequest.Chunk(text: text, name: name, line: line)
    guard let answer = try? await ask(AttachedRequest(.complete, chunk: chunk)).completeness else { return .complete }
    if let wrong = answer.wrong { return .wrong(wrong.failure) }
    return answer.isComplete ? .complete : .incomplete
  }

  /// The globals, and the paths of the event fields that the watcher's prompt has seen.
  public func names() async -> (globals: [String], fields: [String]) {
    guard let answer = try? await ask(AttachedRequest(.names)) else { return ([], []) }
    return (answer.globals ?? [], answer.fields ?? [])
  }

  /// What the watcher's rule files registered, a line each.
  public func rules() async throws -> [String] { try await ask(AttachedRequest(.rules)).rules ?? [] }

  /// The texts of the newest events, oldest first, and something to say beside them.
  public func events(_ count: Int) async throws -> (texts: [String], remark: String?) {
    let answer = try await ask(AttachedRequest(.events, count: count))
    return (answer.events ?? [], answer.remark)
  }

  /// Events as they come, or no more.
  public func tail(_ isOn: Bool) async throws { _ = try await ask(AttachedRequest(.tail, count: isOn ? 1 : 0)) }

  public func explain(_ event: String) async throws -> AttachedAnswer.Explanation? {
    try await ask(AttachedRequest(.explain, event: event)).explanation
  }
}
