import BoxClient

/// What came of some of a rule file's work, to be committed as one: what its handlers did, what it remembers now, what
/// it is not done with.
public struct WorkResult: Sendable {
  public var outcomes: [Outcome] = []
  /// What changed of what the file remembers, as it is now.
  public var cells: [StateCell] = []
  /// What its handlers wrote into `box.kv.shared`, in order.
  public var sharedWrites: [SharedWrites] = []
  /// Events that go into the file's backlog, in order. Nothing else of the file's may be committed before them.
  public var unfinished: [UnfinishedEvent] = []
  /// Whether the first of ``unfinished`` is being handled: `RuleFile.finishRunning()` tells how that ended.
  public var isRunning = false
  /// Of a backlog: how many of its entries, from the first on, are done with.
  public var finished = 0
  /// The identities of handlers that were set aside.
  public var quarantined: [String] = []
  /// When something of the file is due next by the clock.
  public var nextDue: Timestamp?
  /// Counts the file's results from 1: they are committed in this order. Nil where there is nothing to commit in it.
  public var sequence: Int?
}

/// An event that a rule file has yet to handle, or to finish.
public struct UnfinishedEvent: Sendable {
  /// Its place in the page, or in the part of the backlog that was handed over.
  public let index: Int
  /// The handlers that remain; empty for all that match.
  public let handlers: [String]
  /// Which attempt comes next, from 1.
  public let attempt: Int
  /// What failed and may pass; nil where nothing did.
  public let failure: RuleFailure?
}

/// What one call wrote into the store that all files share.
public struct SharedWrites: Sendable {
  let writes: KeyValueOverlay
  let at: Timestamp
}
