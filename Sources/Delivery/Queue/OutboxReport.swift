/// What the ledger is to write down, in one commit.
public struct OutboxReport: Sendable, Hashable {
  /// Deliveries that are done.
  public var delivered: [Int64] = []
  public var retried: [Retry] = []
  public var parked: [Parking] = []
  /// Files as they are after the deliveries that are done.
  public var marks: [PathMark] = []

  public init() {}

  /// A delivery that failed and is attempted again. Times are milliseconds since 1970.
  public struct Retry: Sendable, Hashable {
    public let id: Int64
    /// Failed attempts so far.
    public let attempts: Int
    public let due: Int64
    public let error: String
  }

  /// A delivery that was given up.
  public struct Parking: Sendable, Hashable {
    public let id: Int64
    /// What sent it.
    public let rule: String?
    public let at: Int64
    public let error: String
  }

  public var isEmpty: Bool { delivered.isEmpty && retried.isEmpty && parked.isEmpty && marks.isEmpty }
}
