/// Growing pauses: 1 s, doubled at each step, capped, jittered by half so that many clients do not return at once
/// (PROTOCOL.md, sections 5 "Retry formulas" and 8). Endless: whoever may give up counts the steps.
public struct Backoff: Sendable {
  public let first: Duration
  public let cap: Duration
  /// Steps taken since the last success.
  public private(set) var steps = 0
  private var random: SplitMix64

  /// - Parameter seed: makes the jitter repeatable; by default it is random.
  public init(first: Duration = .seconds(1), cap: Duration = .seconds(60), seed: UInt64 = .random(in: 0...UInt64.max)) {
    self.first = first
    self.cap = cap
    random = SplitMix64(state: seed)
  }

  /// The next pause: between half of the step's length and all of it.
  public mutating func next() -> Duration {
    let doubled = first * Double(1 << min(steps, 30))
    steps += 1
    return min(doubled, cap) * Double.random(in: 0.5...1, using: &random)
  }

  /// After a success the pauses begin anew.
  public mutating func reset() {
    steps = 0
  }
}
