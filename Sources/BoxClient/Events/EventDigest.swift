/// 128 bits that stand for an event: of its id, or of its text where it has none.
public struct EventDigest: Hashable, Sendable {
  public let high: UInt64
  public let low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }
}
