import Synchronization

/// What runs on a Lua thread now, for a watchdog on another thread.
///
/// Entering costs no look at a clock: the watchdog compares what it sees with what it saw before.
public final class LuaThreadUse: Sendable {
  private struct Use {
    /// What runs; nil where nothing does.
    var label: String?
    /// How often a script was entered.
    var entries = 0
  }
  /// The entry that the watchdog saw, and when it saw it first.
  private typealias Sight = (entries: Int, since: ContinuousClock.Instant)

  private let use = Mutex(Use())
  private let sight = Mutex<Sight?>(nil)

  public init() {}

  /// A script is entered.
  public func enter(_ label: String) {
    use.withLock {
      $0.label = label
      $0.entries &+= 1
    }
  }

  /// The script has returned, or waits.
  public func leave() { use.withLock { $0.label = nil } }

  /// What was seen to run, without a break, for at least so long: budgets end every script long before, so this is a
  /// script that they cannot reach. To be asked again and again, by one watchdog.
  public func stuck(for limit: Duration, now: ContinuousClock.Instant = .now) -> String? {
    let (label, entries) = use.withLock { ($0.label, $0.entries) }
    return sight.withLock { sight in
      guard let label else {
        sight = nil
        return nil
      }
      guard let seen = sight, seen.entries == entries else {
        sight = (entries, now)
        return limit <= .zero ? label : nil
      }
      return now - seen.since >= limit ? label : nil
    }
  }
}
