/// How far one call goes before its error is the caller's.
public struct RetryLimits: Sendable {
  /// Attempts in all, the first included.
  public var attempts: Int
  /// The longest `Retry-After` that is waited for inside a call.
  public var longestWait: Duration
  /// Between two attempts at least, whatever Box says.
  public var shortestWait: Duration = .milliseconds(100)
  /// The first pause where Box says nothing; the next ones are longer.
  public var firstPause: Duration = .seconds(1)

  public init(attempts: Int = 5, longestWait: Duration = .seconds(60)) {
    self.attempts = attempts
    self.longestWait = longestWait
  }

  /// One attempt: for a long poll, whose feed decides itself what follows.
  static let single = RetryLimits(attempts: 1)
}
