import LuaHost
import RuleEngine
import Watcher

/// What a prompt types at: a Lua state of this process, or one inside a running watcher.
protocol PromptConsole: Sendable {
  /// Whether a text is a chunk, or the beginning of one.
  func completeness(of text: String, name: String, line: Int) async -> Completeness
  func run(_ text: String, name: String, line: Int, form: ValueForm) async -> ChunkReport
  /// Ends the chunk that computes. One that waits ends with its task.
  func interrupt()
  /// The globals, and the paths of event fields that were seen there.
  func names() async -> (globals: [String], fields: [String])
  /// What is registered, a line each.
  func rules() async throws -> [String]
}

extension PromptConsole {
  func completeness(of text: String, name: String) async -> Completeness {
    await completeness(of: text, name: name, line: 1)
  }
}

extension RuleConsole: PromptConsole {
  func run(_ text: String, name: String, line: Int, form: ValueForm) async -> ChunkReport {
    let result: ChunkResult = await run(text, name: name, line: line, form: form)
    return ChunkReport(result)
  }

  func names() async -> (globals: [String], fields: [String]) { (await globalNames(), []) }
  func rules() async throws -> [String] { await registrations().map(\.line) }
}

extension AttachedConsole: PromptConsole {
  // Cancelling the task that asks tells the watcher.
  func interrupt() {}
}
