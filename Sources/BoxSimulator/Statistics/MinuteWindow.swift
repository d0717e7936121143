/// Counts calls in a window of 60 seconds that moves second by second.
struct MinuteWindow: Sendable {
  private var perSecond = [Int](repeating: 0, count: 60)
  private var lastSecond: Int64 = 0
  private var sum = 0
  /// The largest count that the window ever held.
  private(set) var maximum = 0

  mutating func count(at microseconds: Int64) {
    let second = max(lastSecond, microseconds / 1_000_000)
    // After a minute of silence every bucket is stale.
    var stale = max(lastSecond + 1, second - 59)
    while stale <= second {
      let bucket = Int(stale % 60)
      sum -= perSecond[bucket]
      perSecond[bucket] = 0
      stale += 1
    }
    lastSecond = second
    perSecond[Int(second % 60)] += 1
    sum += 1
    maximum = max(maximum, sum)
  }
}
