import BoxClient
import Testing

@testable import RuleEngine

@Suite("A sliding window")
struct SlidingWindowTests {
  private func at(_ seconds: Int64) -> Timestamp { Timestamp(seconds: 1_800_000_000 + seconds) }

  @Test("Events of the span count, one exactly a span old too, an older one does not")
  func span() {
    var window = SlidingWindows(span: .seconds(300))
    window.add("a", at: at(0))
    window.add("a", at: at(300))
    #expect(window.count("a") == 2)
    window.add("a", at: at(301))
    #expect(window.count("a") == 2)
    window.add("b", at: at(0))
    #expect(window.count("b") == 1)
    #expect(window.count("never") == 0)
  }

  @Test("A late event lands where it belongs and leaves in its turn")
  func late() {
    var window = SlidingWindows(span: .seconds(100))
    for time in [50, 10, 90, 70, 30] as [Int64] { window.add("a", at: at(time)) }
    #expect(window.count("a") == 5)
    window.add("a", at: at(131))
    // 10 and 30 have left, though 30 came last.
    #expect(window.count("a") == 4)
    #expect(window.windows[ByteKey("a")]?.entries.map(\.at) == [at(50), at(70), at(90), at(131)])
  }

  @Test("An event older than the window counts nowhere")
  func tooLate() {
    var window = SlidingWindows(span: .seconds(100))
    window.add("a", value: "new", at: at(200))
    window.add("a", value: "old", at: at(99))
    #expect(window.count("a") == 1)
    #expect(window.distinct("a") == 1)
  }

  @Test("Keys do not move each other's windows")
  func keys() {
    var window = SlidingWindows(span: .seconds(100))
    window.add("a", at: at(0))
    window.add("b", at: at(150))
    window.add("a", at: at(10))
    #expect(window.count("a") == 2)
  }

  @Test("Different values are counted while they are in the window")
  func distinct() {
    var window = SlidingWindows(span: .seconds(100))
    window.add("a", value: "x", at: at(0))
    window.add("a", value: "y", at: at(10))
    window.add("a", value: "x", at: at(20))
    window.add("a", at: at(30))
    #expect(window.distinct("a") == 2)
    window.add("a", value: "z", at: at(111))
    // Only the "y" has left for good; "x" came twice.
    #expect(window.distinct("a") == 2)
    window.reset("a")
    #expect(window.distinct("a") == 0)
    #expect(window.count("a") == 0)
  }

  @Test("Keys and values are told apart by their bytes")
  func bytes() {
    var window = SlidingWindows(span: .seconds(100))
    window.add("e\u{301}", value: "\u{e9}", at: at(0))
    window.add("\u{e9}", at: at(0))
    window.add("e\u{301}", value: "e\u{301}", at: at(0))
    #expect(window.count("\u{e9}") == 1)
    #expect(window.count("e\u{301}") == 2)
    #expect(window.distinct("e\u{301}") == 2)
  }

  @Test("Beyond the limit the oldest leave, and an event older than all of them is not taken")
  func limit() {
    var window = SlidingWindows(span: .seconds(1000), entryLimit: 3)
    for time in [10, 20, 30, 40, 5] as [Int64] { window.add("a", value: "\(time)", at: at(time)) }
    #expect(window.windows[ByteKey("a")]?.entries.map(\.value) == ["20", "30", "40"])
    #expect(window.distinct("a") == 3)
  }

  @Test("In any order, counts are those of a plain recount")
  func recount() {
    var random = SplitMix(seed: 7)
    var window = SlidingWindows(span: .seconds(60))
    var seen: [(time: Int64, value: String)] = []
    var newest: Int64 = 0
    for step in 0..<3000 {
      let time = max(0, Int64(step / 3) - Int64(random.next() % 90))
      let value = "\(random.next() % 20)"
      // An event counts for good only if it was not too old when it came.
      if time >= newest - 60 { seen.append((time, value)) }
      newest = max(newest, time)
      seen.removeAll { $0.time < newest - 60 }
      window.add("a", value: value, at: at(time))
      #expect(window.count("a") == seen.count)
      #expect(window.distinct("a") == Set(seen.map(\.value)).count)
    }
  }

  @Test("Idle keys are dropped by a sweep, keys in use and late ones stay")
  func sweep() {
    var window = SlidingWindows(span: .seconds(1000))
    window.add("idle", value: "x", at: at(0))
    window.add("late", at: at(600))
    window.add("used", at: at(2001))
    window.add("used", at: at(2001))
    // Few keys are kept however long nothing comes for them.
    #expect(window.sweep(at: at(5000)).isEmpty)
    #expect(window.count("idle") == 1)
    #expect(window.sweep(at: at(5000), keeping: 2) == [ByteKey("idle")])
    #expect(window.count("idle") == 0)
    #expect(window.distinct("idle") == 0)
    #expect(window.count("late") == 1)
    #expect(window.count("used") == 2)
  }

  @Test("One event far ahead of the clock does not empty the other windows")
  func farAhead() {
    var window = SlidingWindows(span: .seconds(60))
    window.add("a", at: at(0))
    window.add("b", at: at(1_000_000))
    #expect(window.sweep(at: at(10), keeping: 0).isEmpty)
    #expect(window.count("a") == 1)
  }

  @Test("A window that an earlier run has left goes on")
  func restored() {
    var window = SlidingWindows(span: .seconds(100))
    window.add("a", value: "x", at: at(0))
    window.add("a", value: "y", at: at(50))
    var restored = SlidingWindows(span: .seconds(100), windows: window.windows)
    restored.add("a", value: "y", at: at(120))
    #expect(restored.count("a") == 2)
    #expect(restored.distinct("a") == 1)
  }

  @Test("What a handler that fails added, pushed out and reset is taken back, in any order of times")
  func rollBack() {
    var random = SplitMix(seed: 3)
    var window = SlidingWindows(span: .seconds(60), entryLimit: 30)
    var time: Int64 = 0
    for _ in 0..<300 {
      time += Int64(random.next() % 5)
      let before = window
      window.begin()
      for _ in 0..<(random.next() % 12) {
        let offset = Int64(random.next() % 120) - 80
        window.add("\(random.next() % 3)", value: "\(random.next() % 5)", at: at(time + offset))
        if random.next() % 20 == 0 { window.reset("\(random.next() % 3)") }
      }
      window.rollBack()
      #expect(same(window, before))
      window.add("\(random.next() % 3)", value: "\(random.next() % 5)", at: at(time))
    }
  }

  private func same(_ one: SlidingWindows, _ other: SlidingWindows) -> Bool {
    one.windows.keys == other.windows.keys
      && one.windows.allSatisfy { key, window in
        other.windows[key]?.newest == window.newest
          && other.windows[key].map { Array($0.entries) } == Array(window.entries)
          && one.distinct(key.text) == other.distinct(key.text)
      }
  }
}

/// Numbers without order, the same in every run.
struct SplitMix {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = (state ^ state >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }
}
