/// The arithmetic of a call limit: tokens that flow in at a constant rate up to a burst, one for each call. Time comes
/// from outside, as the duration since any fixed moment.
struct TokenBucket {
  let perSecond: Double
  let burst: Double
  private var tokens: Double
  private var updated: Duration = .zero

  init(perMinute: Int, burst: Int) {
    perSecond = Double(perMinute) / 60
    self.burst = Double(min(burst, perMinute))
    tokens = self.burst
  }

  /// Takes a token and says how long to wait until it is due. Whoever comes later waits longer: calls keep their order.
  mutating func take(at now: Duration) -> Duration {
    refill(now)
    tokens -= 1
    return tokens >= 0 ? .zero : .seconds(-tokens / perSecond)
  }

  /// Gives a token back whose call was never made.
  mutating func giveBack() {
    tokens = min(burst, tokens + 1)
  }

  /// How long a doorbell should wait so that `calls` calls a doorbell are what flows in: nothing while a quarter of the
  /// burst is left, then gradually up to the time that they take to flow in, and until the debt is paid.
  mutating func pace(calls: Int, at now: Duration) -> Duration {
    refill(now)
    let reserve = burst / 4
    guard tokens < reserve else { return .zero }
    let shortage = min(1, (reserve - tokens) / reserve)
    return .seconds((Double(calls) * shortage + max(0, -tokens)) / perSecond)
  }

  private mutating func refill(_ now: Duration) {
    guard now > updated else { return }
    tokens = min(burst, tokens + (now - updated) / .seconds(1) * perSecond)
    updated = now
  }
}
