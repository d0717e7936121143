import Synchronization

/// What runs on a Lua thread now, for a watchdog on another thread.
public final class LuaThreadUse: Sendable {
  private let running = Mutex<(label: String, since: ContinuousClock.Instant)?>(nil)

  public init() {}

  /// A script is entered.
  public func enter(_ label: String) {
    let now = ContinuousClock.now
    running.withLock { $0 = (label, now) }
  }

  /// The script has returned, or waits.
  public func leave() { running.withLock { $0 = nil } }

  /// What has run without a break for at least so long: budgets end every script long before, so this is a script that
  /// they cannot reach.
  public func stuck(for limit: Duration) -> String? {
    running.withLock { running in
      running.flatMap { ContinuousClock.now - $0.since >= limit ? $0.label : nil }
    }
  }
}
