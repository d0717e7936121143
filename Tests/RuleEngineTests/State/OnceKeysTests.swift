import BoxClient
import Testing

@testable import RuleEngine

@Suite("Keys that are true once")
struct OnceKeysTests {
  private func isFirst(_ keys: inout OnceKeys, _ key: String, within seconds: Int = 60, at time: Int64) -> Bool {
    keys.isFirst(key, within: .seconds(seconds), at: at(time))
  }

  private func at(_ seconds: Int64) -> Timestamp { Timestamp(seconds: 1_800_000_000 + seconds) }

  @Test("True the first time in a period, and again when it is over")
  func once() {
    var keys = OnceKeys()
    #expect(isFirst(&keys, "a", at: 0))
    #expect(!isFirst(&keys, "a", at: 59))
    #expect(isFirst(&keys, "b", at: 59))
    #expect(isFirst(&keys, "a", at: 60))
    #expect(!isFirst(&keys, "a", at: 61))
  }

  @Test("A handler that fails has not used up the first time")
  func rollBack() {
    var keys = OnceKeys()
    keys.begin()
    #expect(isFirst(&keys, "a", at: 0))
    #expect(!isFirst(&keys, "a", at: 0))
    keys.rollBack()
    #expect(isFirst(&keys, "a", at: 1))
  }

  @Test("A sweep drops keys whose period is over, and never while a handler runs")
  func sweep() {
    var keys = OnceKeys()
    #expect(isFirst(&keys, "a", at: 0))
    #expect(isFirst(&keys, "b", within: 600, at: 0))
    keys.begin()
    #expect(keys.sweep(at: at(60)).isEmpty)
    keys.commit()
    #expect(keys.sweep(at: at(60)) == [ByteKey("a")])
    #expect(keys.takenUntil == [ByteKey("b"): at(600)])
  }
}
