/// The pauses of a feed. The defaults are the product's; tests shorten them.
public struct FeedTiming: Sendable {
  /// After failures and rounds without progress: the first pause, doubled up to the cap (PROTOCOL.md, section 8).
  public var backoff: Duration = .seconds(1)
  public var backoffCap: Duration = .seconds(60)
  /// Between pages that held only what is known (PROTOCOL.md, section 7, nr 2).
  public var dryPause: Duration = .seconds(1)
  /// After doorbells that brought nothing. Capped low: meanwhile nobody listens for the next one.
  public var emptyDoorbellCap: Duration = .seconds(5)
  /// A poll that was held for so long was no storm, whatever ended it.
  public var patientPoll: Duration = .seconds(10)
  /// Between polls of `admin_logs_streaming`, which Box writes about 12 s late, and of `admin_logs`, about 60 s late
  /// (PROTOCOL.md, section 3 "Streams").
  public var streamingInterval: Duration = .seconds(12)
  public var adminLogsInterval: Duration = .seconds(60)

  public init() {}
}
