import BoxClient
import Testing

@testable import RuleEngine

@Suite("What a rule file remembers from run to run", .timeLimit(.minutes(2)))
struct RememberingTests {
  private static func rules(span: String = "1h", count: Int = 3) -> String {
    """
    local window = box.window("w", "\(span)")
    box.rule {
      id = "third", on = "DOWNLOAD", threshold = { count = \(count), within = "\(span)", by = "created_by.id" },
      run = function(event, hit) box.file.append("log", "hit " .. hit.count) end,
    }
    box.on("DOWNLOAD", function(event)
      window:add("k", event.event_id)
      box.file.append("log", ("n=%d w=%d once=%s"):format(
        box.kv.incr("n"), window:count("k"), tostring(box.once("o", "1d"))))
      box.alert { title = "told", dedup = "1h", dedup_key = "d" }
    end)
    box.on("DELETE", function(event)
      box.kv.delete("n")
      window:reset("k")
    end)
    """
  }

  /// What a ledger has after these events.
  private static func kept(_ ids: String..., andDelete: Bool = false) async throws -> KeptCells {
    var kept = KeptCells()
    try await LiveRules.run(["a.lua": rules()]) { rules in
      for id in ids { kept.commit(try await rules.handle(id)) }
      if andDelete { kept.commit(try await rules.handle("d", type: "DELETE")) }
    }
    return kept
  }

  @Test("values, windows, thresholds, keys that came once and held back alerts go on where they were")
  func roundTrip() async throws {
    let kept = try await Self.kept("1", "2")
    #expect(Set(kept.cells.map(\.part)) == [.keyValue, .once, .window, .threshold, .deduplication])
    try await LiveRules.run(["a.lua": Self.rules()], remembered: kept.remembered()) { rules in
      let result = try await rules.handle("3")
      #expect(result.written == ["hit 3", "n=3 w=3 once=false"])
      // The alert was sent in the first run, and is held back since.
      #expect(result.outcomes.flatMap(\.effects).count == 2)
      let stop = await rules.engine.stop().outcomes.flatMap(\.effects)
      #expect(stop.map(\.inWords).filter { $0.contains("(and 2 more)") }.count == 1)
    }
  }

  @Test("what was deleted stays deleted")
  func deleted() async throws {
    let kept = try await Self.kept("1", andDelete: true)
    try await LiveRules.run(["a.lua": Self.rules()], remembered: kept.remembered()) { rules in
      let result = try await rules.handle("2")
      #expect(result.written == ["n=1 w=1 once=false"])
    }
  }

  @Test("a file that declares other spans and counts goes on with what counts by them")
  func otherSpans() async throws {
    var kept = KeptCells()
    try await LiveRules.run(["a.lua": Self.rules()]) { rules in
      kept.commit(try await rules.handle("1", at: "09:00"))
      kept.commit(try await rules.handle("2", at: "09:40"))
    }
    try await LiveRules.run(["a.lua": Self.rules(span: "2h")], remembered: kept.remembered()) { rules in
      let result = try await rules.handle("3", at: "10:30")
      #expect(result.written == ["hit 3", "n=3 w=3 once=false"])
    }
    try await LiveRules.run(["a.lua": Self.rules(span: "30m", count: 2)], remembered: kept.remembered()) { rules in
      let result = try await rules.handle("3", at: "10:00")
      #expect(result.written == ["hit 2", "n=3 w=2 once=false"])
    }
  }

  @Test("the cells of a result are the state as it stands, call by call")
  func cells() async throws {
    try await LiveRules.run(["a.lua": Self.rules()]) { rules in
      #expect(try await rules.handle("1", "2").stored("n") == "2")
      #expect(try await rules.handle("3", type: "UPLOAD").cells.isEmpty)
      let deleted = try await rules.handle("4", type: "DELETE")
      #expect(deleted.cells.first { $0.part == .keyValue }?.value == nil)
      #expect(deleted.stored("n") == nil)
    }
  }
}

@Suite("The store that rule files share", .timeLimit(.minutes(2)))
struct SharedStoreTests {
  private static let counts = """
    box.on("DOWNLOAD", function(event)
      box.kv.shared.incr("n")
    end)
    """
  private static let fails = """
    box.on("UPLOAD", function(event)
      box.kv.shared.incr("n", 100)
      error("broken")
    end)
    """

  @Test("a file sees what another has written, and nothing of a call that failed")
  func seen() async throws {
    try await LiveRules.run(["a.lua": Self.counts, "b.lua": Self.counts, "c.lua": Self.fails]) { rules in
      var committed = CommittedSharedStore(cells: [])
      var kept = KeptCells()
      for (id, type) in [("1", "DOWNLOAD"), ("2", "UPLOAD"), ("3", "DOWNLOAD")] {
        for result in await rules.handle(try LiveRules.page([id], type: type)) {
          kept.commit(committed.apply(result.sharedWrites))
        }
      }
      #expect(RuleState(cells: kept.cells).stored("n") == "4")
    }
  }

  @Test("what is committed follows the order of the commits, not of the calls")
  func order() async throws {
    let sets = "box.on('*', function(event) box.kv.shared.set('k', event.event_id) box.kv.shared.incr('n') end)"
    try await LiveRules.run(["a.lua": sets]) { rules in
      let first = try await rules.handle("1")
      let second = try await rules.handle("2", "3")
      var committed = CommittedSharedStore(cells: [])
      #expect(RuleState(cells: committed.apply(second.sharedWrites)).stored("k") == "\"3\"")
      let last = RuleState(cells: committed.apply(first.sharedWrites))
      #expect(last.stored("k") == "\"1\"")
      #expect(last.stored("n") == "3")
    }
  }

  @Test("keys whose time to live is over leave it, and the ledger")
  func expired() async throws {
    let sets = "box.on('*', function(event) box.kv.shared.set(event.event_id, 1, { ttl = '1s' }) end)"
    try await LiveRules.run(["a.lua": sets]) { rules in
      var committed = CommittedSharedStore(cells: [])
      let writes = try await rules.handle("1", "2").sharedWrites
      #expect(committed.apply(writes).allSatisfy { $0.value != nil })
      var later = try #require(try await rules.handle("3").sharedWrites.last)
      later = SharedWrites(writes: later.writes, at: later.at + .seconds(2))
      let cells = committed.apply([later])
      #expect(
        Set(cells.filter { $0.value == nil }.map { String(decoding: $0.key, as: UTF8.self) }).isSuperset(of: ["1", "2"])
      )
    }
    let store = SharedStore()
    let now = WallClock.now
    store.with { $0.set("gone", [0x31], timeToLive: .seconds(1), at: now) }
    store.sweep(at: now + .seconds(2))
    #expect(store.with { $0.entries.isEmpty })
  }

  @Test("it goes on in the next run")
  func nextRun() async throws {
    var kept = KeptCells()
    try await LiveRules.run(["a.lua": Self.counts]) { rules in
      var committed = CommittedSharedStore(cells: [])
      kept.commit(committed.apply(try await rules.handle("1").sharedWrites))
    }
    try await LiveRules.run(["a.lua": Self.counts], shared: kept.cells) { rules in
      var committed = CommittedSharedStore(cells: kept.cells)
      kept.commit(committed.apply(try await rules.handle("2").sharedWrites))
    }
    #expect(RuleState(cells: kept.cells).stored("n") == "2")
  }
}
