import BoxClient
import LuaHost
import Synchronization
import Testing

@testable import RuleEngine

/// A prompt without a person.
final class TypedChunks: Sendable {
  let console: RuleConsole
  let services: ScriptedServices
  private let lines: Lines

  private final class Lines: Sendable {
    let texts = Mutex<[String]>([])
    let waits = Mutex<[String]>([])
  }

  private init(_ console: RuleConsole, _ services: ScriptedServices, _ lines: Lines) {
    self.console = console
    self.services = services
    self.lines = lines
  }

  /// Hands a prompt to a test, and ends it afterwards.
  static func run(
    rules: KeyValuePairs<String, String> = [:], _ body: (TypedChunks) async throws -> Void
  ) async throws {
    let folder = try RuleFolder(rules)
    let (services, lines) = (ScriptedServices(), Lines())
    let (console, problems) = try await RuleConsole.open(
      rules: rules.isEmpty ? [] : try folder.sources(), options: RuleOptions(), services: services,
      waits: { handler in lines.waits.withLock { $0.append(handler) } },
      print: { text in lines.texts.withLock { $0.append(text) } })
    #expect(problems.map(\.description) == [])
    do {
      try await body(TypedChunks(console, services, lines))
    } catch {
      services.gate.open()
      _ = await console.close()
      throw error
    }
    services.gate.open()
    _ = await console.close()
  }

  @discardableResult
  func run(_ text: String) async -> ChunkResult { await console.run(text, name: "prompt", form: .readable) }

  /// The values of a chunk, as text.
  func values(_ text: String) async -> [String] {
    await run(text).values.map { String(decoding: $0.bytes, as: UTF8.self) }
  }

  var printed: [String] { lines.texts.withLock { $0 } }
  /// The handlers that chunks were told to wait for.
  var waits: [String] { lines.waits.withLock { $0 } }

  func event(_ json: String) throws -> Events { try Events(event: PaddedBytes(json.utf8)) }
}
