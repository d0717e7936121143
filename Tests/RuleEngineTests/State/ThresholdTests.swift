import BoxClient
import Testing

@testable import RuleEngine

@Suite("A threshold")
struct ThresholdTests {
  private func at(_ seconds: Int64) -> Timestamp { Timestamp(seconds: 1_800_000_000 + seconds) }

  @Test("It fires when its count is reached, and counts anew")
  func fires() {
    var threshold = Threshold(count: 3, within: .seconds(300))
    #expect(threshold.record("a", eventID: "1", at: at(0)) == nil)
    #expect(threshold.record("b", eventID: "x", at: at(0)) == nil)
    #expect(threshold.record("a", eventID: "2", at: at(10)) == nil)
    #expect(
      threshold.record("a", eventID: "3", at: at(20))
        == Threshold.Hit(key: "a", count: 3, firstAt: at(0), lastAt: at(20), eventIDs: ["1", "2", "3"]))
    #expect(threshold.record("a", eventID: "4", at: at(21)) == nil)
    #expect(threshold.record("a", eventID: "5", at: at(22)) == nil)
    #expect(threshold.record("a", eventID: "6", at: at(23))?.eventIDs == ["4", "5", "6"])
  }

  @Test("Events farther apart than the span do not add up")
  func tooSlow() {
    var threshold = Threshold(count: 2, within: .seconds(300))
    #expect(threshold.record("a", eventID: "1", at: at(0)) == nil)
    #expect(threshold.record("a", eventID: "2", at: at(301)) == nil)
    #expect(threshold.record("a", eventID: "3", at: at(601))?.eventIDs == ["2", "3"])
  }

  @Test("Late events count where they belong; the hit tells the earliest and the latest")
  func disorder() {
    var threshold = Threshold(count: 3, within: .seconds(100))
    #expect(threshold.record("a", eventID: "late", at: at(200)) == nil)
    #expect(threshold.record("a", eventID: "too late", at: at(99)) == nil)
    #expect(threshold.record("a", eventID: "early", at: at(120)) == nil)
    #expect(
      threshold.record("a", eventID: "middle", at: at(150))
        == Threshold.Hit(
          key: "a", count: 3, firstAt: at(120), lastAt: at(200), eventIDs: ["early", "middle", "late"]))
    // After a hit too, what is older than the newest minus the span counts nowhere.
    for id in ["1", "2", "3"] { #expect(threshold.record("a", eventID: id, at: at(99)) == nil) }
  }

  @Test("A count of one fires each time, also without an event id")
  func one() {
    var threshold = Threshold(count: 1, within: .seconds(1))
    #expect(threshold.record("a", eventID: nil, at: at(0))?.eventIDs == [])
    #expect(threshold.record("a", eventID: "2", at: at(0))?.count == 1)
  }

  @Test("A hit of a handler that fails is taken back, and comes again")
  func rollBack() {
    var threshold = Threshold(count: 3, within: .seconds(100))
    _ = threshold.record("a", eventID: "1", at: at(0))
    _ = threshold.record("a", eventID: "2", at: at(10))
    for _ in 0..<2 {
      threshold.begin()
      #expect(threshold.record("a", eventID: "3", at: at(20))?.eventIDs == ["1", "2", "3"])
      #expect(threshold.record("a", eventID: "4", at: at(21)) == nil)
      #expect(threshold.record("new", eventID: "5", at: at(22)) == nil)
      threshold.rollBack()
    }
    #expect(threshold.windows[ByteKey("new")] == nil)
    threshold.begin()
    #expect(threshold.record("a", eventID: "3", at: at(20)) != nil)
    #expect(threshold.commit() == [ByteKey("a")])
    #expect(threshold.windows[ByteKey("a")]?.count == 0)
  }

  @Test("A threshold that was lowered fires at the next event, with no more than its count")
  func lowered() {
    var high = Threshold(count: 10, within: .seconds(100))
    for id in 1...6 { #expect(high.record("a", eventID: "\(id)", at: at(Int64(id))) == nil) }
    var low = Threshold(count: 3, within: .seconds(100), windows: high.windows)
    let hit = low.record("a", eventID: "7", at: at(7))
    #expect(hit?.count == 3)
    #expect(hit?.eventIDs == ["5", "6", "7"])
  }
}
