/// Which of a queue's pending deliveries the ledger is asked for.
public enum OutboxRequest: Sendable, Hashable {
  /// Those with higher ids, the lowest first, without those that go to these files.
  case after(Int64, without: Set<String>)
  /// Those that are due, the earliest first: those without a failed attempt, and those whose time is not between the
  /// two (milliseconds since 1970). What is put off for longer was put off by a clock that was ahead.
  case due(by: Int64, orBeyond: Int64)
}

/// What the ledger has of what it was asked for.
public struct OutboxLoad: Sendable {
  public var items: [OutboxItem]
  /// Whether there is no more of it, unreadable ones counted.
  public var isAll: Bool
  /// Later deliveries, which were not there to be read, have higher ids.
  public var through: Int64
  /// When the next of those is due that are not yet, in milliseconds since 1970; nil where there are none.
  public var nextDue: Int64?

  public init(_ items: [OutboxItem], isAll: Bool, through: Int64, nextDue: Int64? = nil) {
    self.items = items
    self.isAll = isAll
    self.through = through
    self.nextDue = nextDue
  }
}
