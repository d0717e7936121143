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

/// A small generator with a seed (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
public struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(state: UInt64) {
    self.state = state
  }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
