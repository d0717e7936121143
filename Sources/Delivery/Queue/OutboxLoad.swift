/// Which of a queue's pending deliveries the ledger is asked for.
public enum OutboxRequest: Sendable, Hashable {
  /// Those with higher ids, the lowest first.
  case after(Int64)
  /// Those that go to a file, from an id on, the lowest first.
  case file(String, from: Int64)
  /// Those that are due, the earliest first: those without a failed attempt, and those whose time is not between the
  /// two (milliseconds since 1970). What is put off for longer was put off by a clock that was ahead.
  case due(by: Int64, orBeyond: Int64)
}

/// What the ledger has of what it was asked for.
public struct OutboxLoad: Sendable {
  public var items: [OutboxItem]
  /// Whether there is no more of it, unreadable ones counted.
  public var isAll: Bool
  /// The highest id of what was read, unreadable ones counted.
  public var through: Int64
  /// The id that the ledger gave last: what was not there to be read has higher ones.
  public var last: Int64
  /// When the next of those is due that are not yet, in milliseconds since 1970; nil where there are none.
  public var nextDue: Int64?

  public init(_ items: [OutboxItem], isAll: Bool, through: Int64, last: Int64, nextDue: Int64? = nil) {
    self.items = items
    self.isAll = isAll
    self.through = through
    self.last = last
    self.nextDue = nextDue
  }
}
