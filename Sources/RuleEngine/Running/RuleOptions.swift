import BoxClient

/// Budgets and surroundings of a rule file (LUA_API.md, "What a script cannot do").
public struct RuleOptions: Sendable {
  /// CPU time of one call of a handler, timer, filter, title or key function.
  public var cpu: Duration = .milliseconds(250)
  /// Waiting of one such call.
  public var wait: Duration = .seconds(60)
  /// CPU time of loading a file.
  public var load: Duration = .seconds(2)
  /// Bytes of Lua memory of one file.
  public var memory = 64 << 20
  /// Bytes of Lua memory of all files together.
  public var totalMemory = 1 << 30
  public var effects = 10_000
  public var effectBytes = 16 << 20
  public var logLines = 1000
  public var logLineBytes = 8 << 10
  /// Between two pages of a query that bring nothing new (PROTOCOL.md, section 8).
  public var queryPause = Duration.seconds(1)
  /// Calls out of budget in a row, after which a handler is set aside.
  public var quarantineAfter = 20
  /// Where the virtual clock stands at first; nil for the time of day.
  public var virtualStart: Timestamp?
  /// Of `math.random`; nil for a new one each time.
  public var seed: UInt64?
  /// The stream that events come from, for warnings about types that cannot occur there.
  public var streams: [StreamType] = []
  /// The names of the sinks that an alert may name; nil where they are not known.
  public var sinks: Set<String>?
  /// Files below the output directory that alerts go to, which no rule writes.
  public var alertFiles = ["alerts.jsonl"]
  public var version = ""
  /// Whether a mistake in a registration is kept and loading goes on, so that all of a file's mistakes are told.
  public var keepsMistakes = false
  /// Whether `box.test` registers.
  public var keepsTests = false

  public init() {}
}
