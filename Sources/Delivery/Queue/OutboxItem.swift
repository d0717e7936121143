/// One delivery that the ledger holds, on its way. Times are milliseconds since 1970.
public struct OutboxItem: Sendable, Hashable {
  /// The ledger's number; later deliveries have higher ones.
  public let id: Int64
  /// The idempotency key: the same for every attempt.
  public let key: String
  /// What sent it, for messages.
  public let rule: String?
  public let payload: DeliveryPayload
  /// Attempts that failed so far.
  public internal(set) var attempts: Int
  /// When it is attempted next.
  public internal(set) var due: Int64
  /// When its 24 hours of attempts began.
  public let since: Int64
  /// Whether an earlier attempt may have been made in part: by a process that is gone, or by this one.
  public internal(set) var mayHaveBegun = false

  /// - Parameter createdAt: when the delivery came into being. One without a failed attempt counts its time from `due`
  ///   instead, which is also when a parked one was put back.
  public init(
    id: Int64, key: String, rule: String? = nil, payload: DeliveryPayload, attempts: Int = 0, createdAt: Int64,
    due: Int64
  ) {
    self.id = id
    self.key = key
    self.rule = rule
    self.payload = payload
    self.attempts = attempts
    self.due = due
    since = attempts == 0 ? max(createdAt, due) : createdAt
  }
}
