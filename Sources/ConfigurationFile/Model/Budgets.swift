extension BoxwatchConfiguration {
  /// How much a rule may take before it is stopped, and what the watcher keeps (LUA_API.md, "Budgets").
  public struct Budgets: Sendable, Hashable {
    /// Computing, for each call of a handler.
    public var cpu = Duration.milliseconds(250)
    /// Waiting, for each call of a handler.
    public var wait = Duration.seconds(60)
    /// Computing while a rule file is loaded.
    public var load = Duration.seconds(2)
    /// Bytes for each rule file.
    public var memory = 64 << 20
    /// Bytes for all rule files together.
    public var totalMemory = 1 << 30
    /// Events that one rule file may have waiting.
    public var backlog = 100_000
    /// Events of one feed that stay known as handled.
    public var dedupIDs = 250_000
    /// Calls to Box as one user; 0 for no ceiling.
    public var callsPerMinute = 900

    public init() {}
  }
}
