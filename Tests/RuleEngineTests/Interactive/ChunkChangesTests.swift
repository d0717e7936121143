import BoxClient
import LuaHost
import Testing

@testable import RuleEngine

@Suite("What a chunk changed, taken over by a rule file", .timeLimit(.minutes(1)))
struct ChunkChangesTests {
  private static let counting = "box.on('*', function(event) box.kv.incr('n'); box.api.get(event.source.path) end)"

  /// The changes of a chunk that ran on what the file remembered.
  private static func changes(_ chunk: String, on remembered: RememberedState) async throws -> ChunkChanges {
    let console = try await RuleConsole.attach(
      to: nil, namespace: "a", options: RuleOptions(), services: ScriptedServices(), print: { _ in })
    let result = await console.run(chunk, name: "prompt", form: .readable, on: remembered, shared: [])
    #expect(result.failure == nil)
    await console.detach()
    return try #require(result.changes)
  }

  private static func handle(_ rules: LiveRules, _ id: String, path: String = "/now") async throws {
    let text = #"{"event_id":"\#(id)","event_type":"UPLOAD","source":{"path":"\#(path)"}}"#
    _ = await rules.engine.handle(try Events(event: PaddedBytes(text.utf8)), fresh: [0], stream: "default")
  }

  private static func remembered(_ rules: LiveRules) async throws -> RememberedState {
    RememberedState(cells: await (try rules.file).remembered, quarantined: [], backlog: 0)
  }

  @Test("becomes what the file remembers and what is committed")
  func takesOver() async throws {
    try await LiveRules.run(["a.lua": Self.counting]) { rules in
      rules.services.answer("/now", .success(.nil))
      try await Self.handle(rules, "1")
      let changes = try await Self.changes("box.kv.set('n', 41)", on: try await Self.remembered(rules))
      let result = try await (try rules.file).takeOver(changes, within: .seconds(10))
      #expect(result.cells.map(\.part) == [.keyValue])
      #expect(result.sequence != nil)
      try await Self.handle(rules, "2")
      #expect(await (try rules.file).number(of: "n") == "42")
    }
  }

  @Test("is refused where the file changed the same meanwhile")
  func conflict() async throws {
    try await LiveRules.run(["a.lua": Self.counting]) { rules in
      rules.services.answer("/now", .success(.nil))
      try await Self.handle(rules, "1")
      let before = try await Self.remembered(rules)
      let (same, other) = (
        try await Self.changes("box.kv.incr('n')", on: before), try await Self.changes("box.kv.incr('m')", on: before)
      )
      try await Self.handle(rules, "2")
      let file = try rules.file
      await #expect(throws: ChunkRefusal.self) { _ = try await file.takeOver(same, within: .seconds(10)) }
      #expect(await file.number(of: "n") == "2")
      _ = try await file.takeOver(other, within: .seconds(10))
      #expect(await file.number(of: "m") == "1")
    }
  }

  @Test("is refused where what it replaces in box.kv.shared changed meanwhile; counting up there is not")
  func sharedConflict() async throws {
    let rule = "box.on('*', function(event) box.kv.shared.incr('n') end)"
    try await LiveRules.run(["a.lua": rule]) { rules in
      let setting = try await Self.changes("box.kv.set('m', 1) box.kv.shared.set('n', 5)", on: .none)
      let counting = try await Self.changes("box.kv.shared.incr('n', 5)", on: .none)
      try await Self.handle(rules, "1")
      let file = try rules.file
      let refusal = await #expect(throws: ChunkRefusal.self) {
        _ = try await file.takeOver(setting, within: .seconds(10))
      }
      #expect(
        refusal.map { "\($0)" }
          == "the same was changed meanwhile (kv.shared n = 1); nothing was changed, run it again")
      #expect(await file.number(of: "m") == nil)
      let result = try await file.takeOver(counting, within: .seconds(10))
      #expect(result.sharedWrites.count == 1)
      #expect(rules.engine.shared.with { $0.get("n", at: WallClock.now) } == Array("6".utf8))
    }
  }

  @Test("is refused while a handler has the turn, and leaves that alone")
  func busy() async throws {
    try await LiveRules.run(["a.lua": Self.counting]) { rules in
      let changes = try await Self.changes("box.kv.set('m', 1)", on: .none)
      let engine = rules.engine
      let events = try Events(
        event: PaddedBytes(#"{"event_id":"1","event_type":"UPLOAD","source":{"path":"/gate"}}"#.utf8))
      let handling = Task { await engine.handle(events, fresh: [0], stream: "default") }
      await rules.services.gate.arrival()
      let file = try rules.file
      await #expect(throws: ChunkRefusal.self) { _ = try await file.takeOver(changes, within: .milliseconds(20)) }
      rules.services.gate.open()
      _ = await handling.value
      #expect(await file.number(of: "n") == "1")
      #expect(await file.number(of: "m") == nil)
    }
  }

  @Test("a window that was only looked at is no change")
  func reading() async throws {
    let changes = try await Self.changes("box.window('w', '5m'):count('k'); box.kv.get('k')", on: .none)
    #expect(changes.isEmpty)
    #expect(changes.remembered == [])
  }

  @Test("a window that is looked at with another span stays the rule's; one that is changed so is refused")
  func spans() async throws {
    let rule = """
      local w = box.window("w", "1h")
      box.on("*", function(event) w:add("k") end)
      """
    try await LiveRules.run(["a.lua": rule]) { rules in
      try await Self.handle(rules, "1")
      let looking = try await Self.changes(
        "print(box.window('w', '1m'):count('k')) box.kv.set('x', 1)", on: try await Self.remembered(rules))
      _ = try await (try rules.file).takeOver(looking, within: .seconds(10))
      #expect(await (try rules.file).remembered.contains { $0.part == .keyValue })
      #expect(await (try rules.file).span(of: "w") == .seconds(3600))
      let changing = try await Self.changes("box.window('w', '1m'):add('k')", on: try await Self.remembered(rules))
      await #expect(throws: ChunkRefusal.self) {
        _ = try await (try rules.file).takeOver(changing, within: .seconds(10))
      }
      #expect(await (try rules.file).span(of: "w") == .seconds(3600))
    }
  }
}

extension RuleFile {
  /// What the file remembers, as a ledger would have it.
  fileprivate var remembered: [StateCell] {
    memory.cells(for: RuleState.Changes(keyValues: Set(memory.keyValues.entries.keys)))
  }

  fileprivate func number(of key: String) -> String? {
    memory.keyValues.entries[ByteKey(key)].map { String(decoding: $0.value, as: UTF8.self) }
  }
  fileprivate func span(of window: String) -> Duration? { memory.windows[window]?.span }
}
