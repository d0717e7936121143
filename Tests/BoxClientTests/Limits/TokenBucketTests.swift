import Testing

@testable import BoxClient

@Suite("The call limit")
struct TokenBucketTests {
  private func isClose(_ one: Duration, _ other: Duration) -> Bool { abs((one - other) / .microseconds(1)) < 1 }

  @Test("A burst passes at once; then calls pass at the rate, in their order")
  func burstAndRate() {
    var bucket = TokenBucket(perMinute: 900, burst: 200)
    #expect((0..<200).allSatisfy { _ in bucket.take(at: .zero) == .zero })
    for place in 1...100 {
      #expect(isClose(bucket.take(at: .zero), .seconds(Double(place) / 15)), "call \(place) behind the burst")
    }
  }

  @Test("What flows in is there for the next call, up to the burst")
  func refill() {
    var bucket = TokenBucket(perMinute: 60, burst: 3)
    for _ in 0..<3 { #expect(bucket.take(at: .zero) == .zero) }
    #expect(isClose(bucket.take(at: .milliseconds(250)), .milliseconds(750)))
    #expect(isClose(bucket.take(at: .milliseconds(500)), .milliseconds(1500)))
    #expect(bucket.take(at: .seconds(3)) == .zero)
    for _ in 0..<3 { #expect(bucket.take(at: .seconds(1000)) == .zero) }
    #expect(isClose(bucket.take(at: .seconds(1000)), .seconds(1)))
  }

  @Test("A burst is never larger than a minute's calls")
  func smallLimit() {
    var bucket = TokenBucket(perMinute: 2, burst: 200)
    #expect(bucket.take(at: .zero) == .zero)
    #expect(bucket.take(at: .zero) == .zero)
    #expect(isClose(bucket.take(at: .zero), .seconds(30)))
  }

  @Test("A call that was never made gives its place to the next one")
  func giveBack() {
    var bucket = TokenBucket(perMinute: 60, burst: 1)
    #expect(bucket.take(at: .zero) == .zero)
    #expect(isClose(bucket.take(at: .zero), .seconds(1)))
    bucket.giveBack()
    #expect(isClose(bucket.take(at: .zero), .seconds(1)))
    bucket.giveBack()
    bucket.giveBack()
    bucket.giveBack()
    #expect(bucket.take(at: .zero) == .zero)
    #expect(isClose(bucket.take(at: .zero), .seconds(1)))
  }

  @Test("A clock that seems to go back takes nothing away")
  func backwards() {
    var bucket = TokenBucket(perMinute: 60, burst: 1)
    #expect(bucket.take(at: .seconds(10)) == .zero)
    #expect(isClose(bucket.take(at: .seconds(5)), .seconds(1)))
  }

  @Test("In an hour no more calls pass than the rate and the burst allow")
  func hour() {
    var random = SplitMix64(state: 21)
    var bucket = TokenBucket(perMinute: 900, burst: 200)
    var now = Duration.zero
    var due: [Duration] = []
    while now < .seconds(3600) {
      due.append(now + bucket.take(at: now))
      now += .milliseconds(Int64.random(in: 0...60, using: &random))
    }
    let passed = due.count { $0 <= .seconds(3600) }
    #expect(passed <= 900 * 60 + 200)
    #expect(passed > 900 * 60 - 200)
    #expect(zip(due, due.dropFirst()).allSatisfy { $0 <= $1 + .microseconds(1) })
  }

  @Test("Doorbells gather while the reserve is short, gradually longer")
  func pace() {
    var bucket = TokenBucket(perMinute: 60, burst: 40)
    #expect(bucket.pace(calls: 2, at: .zero) == .zero)
    for _ in 0..<30 { _ = bucket.take(at: .zero) }
    #expect(bucket.pace(calls: 2, at: .zero) == .zero)
    for _ in 0..<5 { _ = bucket.take(at: .zero) }
    #expect(isClose(bucket.pace(calls: 2, at: .zero), .seconds(1)))
    for _ in 0..<5 { _ = bucket.take(at: .zero) }
    #expect(isClose(bucket.pace(calls: 2, at: .zero), .seconds(2)))
    // Fifty calls wait already: a doorbell comes after them.
    for _ in 0..<50 { _ = bucket.take(at: .zero) }
    #expect(isClose(bucket.pace(calls: 2, at: .zero), .seconds(52)))
  }
}
