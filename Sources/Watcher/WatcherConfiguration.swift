import BoxClient
import Delivery
import RuleEngine

/// What a watcher watches, with which rules, and where things go.
public struct WatcherConfiguration: Sendable {
  public var streams: [WatchedStream]
  /// Where the rules are, by the names of their sets.
  public var ruleSets: [(name: String, paths: [String])]
  /// The state directory.
  public var state: String
  /// Where `box.file` writes.
  public var output: String
  public var options: RuleOptions
  public var routing = AlertRouting(standard: ["log", "alerts"])
  public var sinks: [AlertSinkConfiguration] = [
    .init(name: "log", kind: .log), .init(name: "alerts", kind: .file(path: "alerts.jsonl")),
  ]
  /// Hosts that `box.http` and `box.webhook` may reach.
  public var allowedHosts: [String] = []
  /// Commands that `box.exec` may run.
  public var allowedCommands: [String] = []
  public var mayWriteToBox = false
  public var secrets: [(name: String, value: Secret, hosts: [String]?)] = []
  /// Events in the backlog of one rule file, at most.
  public var backlogLimit = 100_000
  /// Ids of handled events that are remembered for each feed, at least.
  public var seenEvents = 250_000
  /// Whether each commit survives a loss of power too.
  public var isPowerSafe = false
  /// Whether a rule file that does not load is fatal.
  public var isStrict = false
  /// Whether effects are logged instead of carried out.
  public var isDryRun = false
  /// Called when the watcher is about to put a new run in its place, or to end on the spot: what waits is lost then.
  public var beforeRestart: @Sendable () -> Void = {}
  /// Whether the account is a simulated one, whose positions mean nothing to Box.
  public var isSimulated = false
  /// Whether it was named where the streams begin, which counts at the first start only.
  public var isStartNamed = false
  /// Ends when all streams are caught up and the backlogs are empty.
  public var once: Once?
  /// Time for deliveries after a signal.
  public var grace: Duration = .seconds(10)
  /// Where metrics and health are served; nil for nowhere.
  public var metrics: (host: String, port: Int)?
  /// Positions that take the place of stored ones.
  public var resets: [String: WatchedStream.Start] = [:]

  /// How long after the end of a gap `admin_logs` has all of it.
  var lateness = StreamGap.lateness

  public struct Once: Sendable {
    /// How long Box may be out of reach.
    public var timeout: Duration
    public init(timeout: Duration) { self.timeout = timeout }
  }

  public init(
    streams: [WatchedStream], ruleSets: [(name: String, paths: [String])], state: String, output: String,
    options: RuleOptions
  ) {
    self.streams = streams
    self.ruleSets = ruleSets
    self.state = state
    self.output = output
    self.options = options
  }

  /// The options, with what the streams and the sinks make of them.
  var optionsOfRules: RuleOptions {
    var options = options
    options.streams = streams.map(\.streamType)
    options.sinks = Set(sinks.map(\.name))
    options.alertFiles = sinks.compactMap {
      if case .file(let path) = $0.kind { (try? OutputPath(path))?.description } else { nil }
    }
    return options
  }
}

/// A sink for alerts.
public struct AlertSinkConfiguration: Sendable {
  public var name: String
  public var kind: Kind

  public enum Kind: Sendable {
    case log
    /// Below the output directory.
    case file(path: String)
    case webhook(url: Secret, hmacSecret: Secret?)
    case slack(url: Secret)
    case teams(url: Secret)
    /// `url`: nil for PagerDuty's usual address.
    case pagerduty(routingKey: Secret, url: String? = nil)
    case email(from: String, to: [String])
    case exec(command: [String])
  }

  public init(name: String, kind: Kind) {
    self.name = name
    self.kind = kind
  }
}
