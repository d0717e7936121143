/// What one page, one handler's end or one round of deliveries changes: all of it is stored, or nothing.
///
/// The parts are written in the order in which they stand here. An id that is not in the ledger is passed over: its row
/// went with an earlier commit. Times are milliseconds since 1970; the ledger reads no clock.
public struct LedgerCommit: Sendable, Hashable {
  public var streams: [StreamProgress] = []
  public var seen: [SeenDigests] = []
  public var cells: [CellChange] = []

  public var deliveries: [NewDelivery] = []
  public var deliveriesRetried: [DeliveryRetry] = []
  public var deliveriesParked: [DeliveryParking] = []
  /// Parked deliveries that are tried again, as if for the first time.
  public var deliveriesUnparked: [DueAgain] = []
  /// Deliveries that were carried out or dropped, parked ones too.
  public var deliveriesDone: [Int64] = []
  public var fileMarks: [StoredFileMark] = []
  /// Paths whose marks are no longer needed.
  public var fileMarksForgotten: [String] = []

  public var entries: [NewBacklogEntry] = []
  public var entriesUpdated: [BacklogUpdate] = []
  public var entriesParked: [EntryParking] = []
  public var entriesFinished: [Int64] = []

  /// Events that are parked without having been in a backlog.
  public var eventsParked: [NewParkedEvent] = []
  /// Parked events that go to the end of their rule's backlog, for the handler that failed.
  public var eventsRetried: [DueAgain] = []
  public var eventsDropped: [Int64] = []

  public var quarantined: [Quarantine] = []
  /// Handlers that leave quarantine.
  public var released: [String] = []
  public var gaps: [NewGap] = []
  /// How many gaps the ledger keeps: older ones leave when one is added.
  static let gapsKept = 1000
  public var gapsFilled: [Int64] = []
  public var meta: [MetaChange] = []

  public init() {}
}

/// The ids that a commit gave, each list in the order of what it was given.
public struct LedgerReceipt: Sendable, Hashable {
  public internal(set) var deliveries: [Int64] = []
  public internal(set) var entries: [Int64] = []
  /// Of `entriesParked`, one for each failure, then of `eventsParked`.
  public internal(set) var parkedEvents: [Int64] = []
  /// The new ids of `deliveriesUnparked`; nil where no such delivery was parked.
  public internal(set) var unparkedDeliveries: [Int64?] = []
  /// The new backlog entries of `eventsRetried`; nil where no such event was parked.
  public internal(set) var retriedEntries: [Int64?] = []
  public internal(set) var gaps: [Int64] = []
}
