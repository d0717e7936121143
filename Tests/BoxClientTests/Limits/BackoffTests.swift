import BoxClient
import Testing

@Suite("Growing pauses")
struct BackoffTests {
  @Test("Each pause is between half of its step and all of it, and the steps double up to the cap")
  func bounds() {
    for seed in 0..<200 as Range<UInt64> {
      var backoff = Backoff(first: .milliseconds(100), cap: .seconds(3), seed: seed)
      var step = Duration.milliseconds(100)
      for _ in 0..<12 {
        let pause = backoff.next()
        #expect(pause >= step / 2 && pause <= step, "seed \(seed)")
        step = min(step * 2, .seconds(3))
      }
    }
  }

  @Test("The whole range of the jitter is used")
  func jitter() {
    let first = (0..<2000 as Range<UInt64>).map { seed in
      var backoff = Backoff(first: .seconds(1), seed: seed)
      return backoff.next()
    }
    #expect(first.contains { $0 < .milliseconds(510) })
    #expect(first.contains { $0 > .milliseconds(990) })
    #expect(Set(first).count > 1900)
  }

  @Test("It never ends and never passes the cap")
  func endless() {
    var backoff = Backoff(seed: 1)
    var last = Duration.zero
    for _ in 0..<100_000 { last = backoff.next() }
    #expect(last >= .seconds(30) && last <= .seconds(60))
    #expect(backoff.steps == 100_000)
  }

  @Test("After a success the pauses begin anew")
  func reset() {
    var backoff = Backoff(first: .seconds(1), cap: .seconds(60), seed: 4)
    for _ in 0..<8 { _ = backoff.next() }
    backoff.reset()
    #expect(backoff.steps == 0)
    #expect(backoff.next() <= .seconds(1))
  }

  @Test("A seed makes the pauses repeatable, and another seed makes others")
  func seeds() {
    func pauses(_ seed: UInt64) -> [Duration] {
      var backoff = Backoff(seed: seed)
      return (0..<10).map { _ in backoff.next() }
    }
    #expect(pauses(9) == pauses(9))
    #expect(pauses(9) != pauses(10))
  }

  @Test("The generator gives its published values")
  func generator() {
    var random = SplitMix64(state: 1_234_567)
    #expect(
      (0..<5).map { _ in random.next() } == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
        16_408_922_859_458_223_821,
      ])
  }
}
