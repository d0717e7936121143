import BoxClient
import Testing

@testable import RuleEngine

@Suite("What a rule file remembers")
struct RuleStateTests {
  private func at(_ seconds: Int64) -> Timestamp { Timestamp(seconds: 1_800_000_000 + seconds) }

  private func declared() -> RuleState {
    var state = RuleState()
    state.declareWindow("w", span: .seconds(60))
    state.declareThreshold(of: "r", count: 2, within: .seconds(60))
    return state
  }

  /// One change of each kind.
  private func work(_ state: inout RuleState) throws {
    _ = try state.withKeyValues { (store: inout KeyValueStore) throws(KeyValueError) in
      try store.increment("n", at: at(0))
    }
    let isFirst = state.withOnceKeys { $0.isFirst("once", within: .seconds(60), at: at(0)) }
    #expect(isFirst)
    state.withWindow("w") { $0.add("k", value: "v", at: at(0)) }
    let hit = state.withThreshold(of: "r") { $0.record("k", eventID: "1", at: at(0)) }
    #expect(hit == nil)
    let isSent = state.withDeduplicator {
      $0.admits(rule: "r", key: "k", for: .seconds(60), subject: "s", at: at(0))
    }
    #expect(isSent)
  }

  @Test("A handler that fails leaves nothing behind in any part")
  func rollBack() throws {
    var state = declared()
    // The second round would find traces of the first.
    for _ in 0..<2 {
      state.begin()
      try work(&state)
      #expect(state.windows["w"]?.count("k") == 1)
      state.rollBack()
    }
    #expect(state.keyValues.entries.isEmpty)
    #expect(state.onceKeys.takenUntil.isEmpty)
    #expect(state.windows["w"]?.windows.isEmpty == true)
    #expect(state.thresholds["r"]?.windows.isEmpty == true)
    #expect(state.deduplicator.periods.isEmpty)
  }

  @Test("A handler that succeeds tells what changed; one that touches nothing tells nothing")
  func commit() throws {
    var state = declared()
    state.begin()
    #expect(state.commit().isEmpty)
    state.begin()
    try work(&state)
    let changes = state.commit()
    #expect(changes.keyValues == [ByteKey("n")])
    #expect(changes.onceKeys == [ByteKey("once")])
    #expect(changes.windows == ["w": [ByteKey("k")]])
    #expect(changes.thresholds == ["r": [ByteKey("k")]])
    #expect(changes.deduplicator == [.init(rule: "r", key: "k")])
    #expect(state.keyValues.get("n", at: at(1)) == Array("1".utf8))
  }

  @Test("Outside a handler changes stay at once")
  func outside() throws {
    var state = declared()
    try work(&state)
    state.begin()
    state.rollBack()
    #expect(state.windows["w"]?.count("k") == 1)
  }

  @Test("A window that is declared again keeps what is in it and takes the new span")
  func declaredAgain() {
    var state = declared()
    state.withWindow("w") { $0.add("k", at: at(0)) }
    state.declareWindow("w", span: .seconds(10))
    #expect(state.windows["w"]?.count("k") == 1)
    state.withWindow("w") { $0.add("k", at: at(11)) }
    #expect(state.windows["w"]?.count("k") == 1)
  }

  @Test("A sweep names what it dropped in every part, and waits for a handler")
  func sweep() throws {
    var state = declared()
    try work(&state)
    state.withKeyValues { $0.set("ttl", [0x31], timeToLive: .seconds(5), at: at(0)) }
    state.withWindow("w") { $0.add("later", at: at(10_000)) }
    _ = state.withThreshold(of: "r") { $0.record("later", eventID: "2", at: at(10_000)) }
    state.begin()
    #expect(state.sweep(at: at(10_000), keeping: 0).isEmpty)
    _ = state.commit()
    let dropped = state.sweep(at: at(10_000), keeping: 0)
    #expect(dropped.keyValues == [ByteKey("ttl")])
    #expect(dropped.onceKeys == [ByteKey("once")])
    #expect(dropped.windows == ["w": [ByteKey("k")]])
    #expect(dropped.thresholds == ["r": [ByteKey("k")]])
  }
}
