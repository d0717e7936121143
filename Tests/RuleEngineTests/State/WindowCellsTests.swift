import BoxClient
import Testing

@testable import RuleEngine

@Suite("Windows as cells")
struct WindowCellsTests {
  /// What a ledger holds.
  private struct Kept {
    var cells: [[UInt8]: StateCell] = [:]

    mutating func store(_ cells: [StateCell]) {
      for cell in cells {
        let key = Array("\(cell.part)".utf8) + cell.key
        self.cells[key] = cell.value == nil ? nil : cell
      }
    }

    var state: RuleState { RuleState(cells: Array(cells.values)) }
  }

  private static func declared() -> RuleState {
    var state = RuleState()
    state.declareWindow("w", span: .seconds(600))
    state.declareThreshold(of: "r", count: 7, within: .seconds(600))
    return state
  }

  /// Stores as a rule file does, also in the middle of a handler.
  private func store(_ state: inout RuleState, _ pending: inout RuleState.Changes, _ kept: inout Kept) {
    if state.isInHandler {
      var committed = state
      committed.rollBack()
      kept.store(committed.cells(for: pending))
    } else {
      kept.store(state.cells(for: pending))
      state.stored(pending)
    }
    pending = RuleState.Changes()
  }

  private func entries(_ windows: [ByteKey: EventTimeWindow]?) -> [String: [EventTimeWindow.Entry]] {
    var found: [String: [EventTimeWindow.Entry]] = [:]
    for (key, window) in windows ?? [:] where window.count > 0 { found[key.text] = Array(window.entries) }
    return found
  }

  private func expectSame(_ state: RuleState, _ kept: Kept, _ seed: UInt64) {
    var again = Self.declared()
    again.adopt(kept.state)
    #expect(entries(again.windows["w"]?.windows) == entries(state.windows["w"]?.windows), "seed \(seed)")
    #expect(entries(again.thresholds["r"]?.windows) == entries(state.thresholds["r"]?.windows), "seed \(seed)")
    for (key, window) in state.windows["w"]?.windows ?? [:] {
      #expect(again.windows["w"]?.windows[key]?.newest == window.newest, "seed \(seed)")
    }
  }

  /// Additions in and out of order, resets, thresholds that fire, handlers that fail, keys that fall idle, and all of it
  /// stored at any moment.
  @Test("what is stored in parts is what the windows hold", arguments: 1...40 as ClosedRange<UInt64>)
  func random(seed: UInt64) {
    var random = SplitMix64(state: seed)
    func roll(_ sides: Int) -> Int { Int.random(in: 0..<sides, using: &random) }
    var (state, kept, pending) = (Self.declared(), Kept(), RuleState.Changes())
    var clock: Int64 = -5_000
    for _ in 0..<600 {
      state.begin()
      for _ in 0..<(1 + roll(4)) {
        clock += Int64(roll(40))
        if roll(60) == 0 { clock += 3_000 }
        let time = Timestamp(seconds: clock - Int64(roll(5) == 0 ? roll(900) : 0), nanoseconds: Int32(roll(1_000)))
        let key = "k\(roll(4))"
        switch roll(12) {
        case 0: state.withWindow("w") { $0.reset(key) }
        case 1...4: _ = state.withThreshold(of: "r") { $0.record(key, eventID: "\(clock)", at: time) }
        default: state.withWindow("w") { $0.add(key, value: roll(2) == 0 ? nil : "v\(roll(3))", at: time) }
        }
        if roll(25) == 0 { store(&state, &pending, &kept) }
      }
      if roll(6) == 0 { state.rollBack() } else { pending.add(state.commit()) }
      if roll(8) == 0 { pending.add(state.sweep(at: Timestamp(seconds: clock), keeping: 0)) }
      if roll(5) == 0 {
        store(&state, &pending, &kept)
        expectSame(state, kept, seed)
      }
      if roll(80) == 0 {
        // A new run.
        store(&state, &pending, &kept)
        let again = kept.state
        state = Self.declared()
        state.adopt(again)
      }
    }
    store(&state, &pending, &kept)
    expectSame(state, kept, seed)
  }

  @Test("an event in a large window writes its own segment, not the window")
  func size() {
    var (state, kept, pending) = (RuleState(), Kept(), RuleState.Changes())
    state.declareWindow("w", span: .seconds(86_400))
    func add(_ second: Int64) {
      state.begin()
      state.withWindow("w") { $0.add("k", at: Timestamp(seconds: 1_800_000_000 + second)) }
      pending.add(state.commit())
    }
    for second in 0..<20_000 as Range<Int64> { add(second * 4) }
    store(&state, &pending, &kept)
    add(80_001)
    let written = state.cells(for: pending).map { $0.value?.count ?? 0 }.reduce(0, +)
    #expect(written < 20_000)
    store(&state, &pending, &kept)
    #expect(kept.state.windows["w"]?.count("k") == 20_001)
  }

  @Test("a window that an earlier version stored whole goes on, and is stored in parts from then on")
  func whole() throws {
    let times = (0..<100 as Range<Int64>).map { Timestamp(seconds: 1_800_000_000 + $0) }
    var head = CellWriter()
    head.write(Duration.seconds(600))
    head.write(times.last) { $0.write($1) }
    head.write(times) { writer, time in
      writer.write(time)
      writer.write(nil as String?) { $0.write($1.utf8) }
    }
    var kept = Kept()
    kept.store([StateCell(part: .window, key: RuleState.key("w", ByteKey("k")), value: head.bytes)])
    var (state, pending) = (Self.declared(), RuleState.Changes())
    state.adopt(kept.state)
    #expect(state.windows["w"]?.count("k") == 100)
    state.begin()
    state.withWindow("w") { $0.add("k", at: Timestamp(seconds: 1_800_000_100)) }
    pending.add(state.commit())
    store(&state, &pending, &kept)
    #expect(kept.cells.count > 2)
    #expect(kept.state.windows["w"]?.count("k") == 101)
  }

  @Test("a threshold that is not declared any more leaves nothing behind, whatever it is declared as later")
  func forgotten() {
    var (state, kept, pending) = (Self.declared(), Kept(), RuleState.Changes())
    state.begin()
    for second in [0, 100, 200, 300] as [Int64] {
      _ = state.withThreshold(of: "r") { $0.record("k", eventID: "e", at: Timestamp(seconds: 1_800_000_000 + second)) }
    }
    pending.add(state.commit())
    store(&state, &pending, &kept)
    #expect(kept.cells.count == 5)
    var without = RuleState()
    pending.add(without.adopt(kept.state))
    store(&without, &pending, &kept)
    #expect(kept.cells.isEmpty)
  }

  @Test("segments of another span among a window's are put in order, and written anew")
  func mixed() {
    func times(_ seconds: [Int64]) -> [EventTimeWindow.Entry] {
      seconds.map { EventTimeWindow.Entry(at: Timestamp(seconds: 1_800_000_000 + $0), value: nil) }
    }
    var kept = Kept()
    func store(_ span: Int64, _ seconds: [Int64]) {
      let window = EventTimeWindow(
        newest: times(seconds).last!.at, entries: times(seconds), segmentSpan: span)
      kept.store(
        WindowCells.cells(
          .window, "w", ByteKey("k"), window, span: .seconds(600), segments: window.allSegments.numbers))
    }
    store(7, [100, 250])
    store(9, [0, 400, 500])
    var state = Self.declared()
    state.adopt(kept.state)
    let stored = state.windows["w"]!.windows[ByteKey("k")]!
    #expect(Array(stored.entries) == times([0, 100, 250, 400, 500]))
    state.begin()
    state.withWindow("w") { $0.add("k", at: Timestamp(seconds: 1_800_000_300)) }
    state.rollBack()
    #expect(Array(state.windows["w"]!.windows[ByteKey("k")]!.entries) == times([0, 100, 250, 400, 500]))
    var pending = RuleState.Changes()
    state.begin()
    state.withWindow("w") { $0.add("k", at: Timestamp(seconds: 1_800_000_510)) }
    pending.add(state.commit())
    self.store(&state, &pending, &kept)
    #expect(Array(kept.state.windows["w"]!.windows[ByteKey("k")]!.entries) == times([0, 100, 250, 400, 500, 510]))
  }
}
