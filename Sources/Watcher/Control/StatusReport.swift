import BoxClient

/// What a watcher on a state directory is doing, or what its ledger holds while none runs: then everything that only a
/// watcher knows is left out.
public struct StatusReport: Codable, Sendable, Equatable {
  public var running: Bool
  /// When the report was made.
  public var time: Timestamp
  public var version: String?
  public var process: Int32?
  public var since: Timestamp?
  public var streams: [Stream] = []
  public var rules: [Rule] = []
  public var sinks: [Sink] = []
  /// Handlers that are set aside.
  public var quarantined: [Quarantined] = []
  public var gaps: [Gap] = []
  public var parkedEvents = 0
  public var parkedDeliveries = 0
  /// Ids of handled events that are remembered.
  public var seenEvents = 0
  /// What the last reload of rule files did not take, and why.
  public var reloadProblems: [String]?
  /// Since when the ledger cannot be written.
  public var ledgerTrouble: Trouble?
  /// Bytes of the ledger's log that are not in its database yet.
  public var walBytes: Int?
  /// Bytes of Lua memory of all rule files.
  public var ruleMemory: Int?
  public var counters: Counters?

  public struct Stream: Codable, Sendable, Equatable {
    public var name: String
    public var type: String?
    public var position: String?
    /// Where a stream without a position begins, RFC 3339.
    public var createdAfter: String?
    public var caughtUp: Bool?
    /// Events that were handled since the start.
    public var events: Int?
    public var lastPage: Timestamp?
    /// When the last page with events came.
    public var lastEvent: Timestamp?
    /// `created_at` of the newest event, and how many seconds ago that was.
    public var newestEvent: Timestamp?
    public var lagSeconds: Int64?
    /// Since when it waits for the real-time server's doorbell.
    public var listeningSince: Timestamp?
    public var waiting: Waiting?
    /// The rule file whose full backlog holds the stream.
    public var heldBy: Trouble?
    /// Why it has ended.
    public var stopped: String?
  }

  public struct Waiting: Codable, Sendable, Equatable {
    public var until: Timestamp
    public var reason: String
    public var error: String?
  }

  public struct Trouble: Codable, Sendable, Equatable {
    public var since: Timestamp
    public var reason: String
  }

  public struct Rule: Codable, Sendable, Equatable {
    /// What its state and its backlog are filed under.
    public var namespace: String
    /// Nil where no such file is loaded.
    public var path: String?
    /// Whether it computes now and cannot be asked; what only it knows is left out.
    public var busy: Bool?
    public var handlers: Int?
    /// Handlers that are set aside.
    public var quarantined: Int?
    public var backlog = 0
    public var parked = 0
    public var suppressedAlerts: Int?
    public var shadowAlerts: Int?
    public var skippedTicks: Int?
    /// Bytes of Lua memory.
    public var memory: Int?
    /// When something of it is due by the clock.
    public var nextDue: Timestamp?
    /// Timers whose last tick failed.
    public var failingTimers: [FailingTimer]?
  }

  public struct FailingTimer: Codable, Sendable, Equatable {
    public var timer: String
    /// Ticks in a row that failed.
    public var ticks: Int
    public var last: Timestamp
    public var error: String
  }

  public struct Sink: Codable, Sendable, Equatable {
    public var name: String
    public var pending = 0
    public var parked = 0
    /// Why a delivery that waits for another attempt has failed.
    public var error: String?
  }

  public struct Quarantined: Codable, Sendable, Equatable {
    public var handler: String
    public var since: Timestamp
    public var reason: String
  }

  public struct Gap: Codable, Sendable, Equatable {
    public var stream: String
    public var noticed: Timestamp
    public var from: String?
    public var to: String?
    public var reason: String
    public var filled: Bool
  }

  /// Since the start.
  public struct Counters: Codable, Sendable, Equatable {
    public var events = 0
    public var pages = 0
    public var failures = 0
    public var parked = 0
    public var retried = 0
    public var alerts = 0
    public var commits = 0
    public var lastDelivery: Timestamp?
  }

  init(running: Bool, time: Timestamp) {
    self.running = running
    self.time = time
  }
}
