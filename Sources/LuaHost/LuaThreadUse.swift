import Synchronization

/// What runs on a Lua thread now, for a watchdog on another thread.
///
/// Entering costs no look at a clock: the watchdog compares what it sees with what it saw before.
public final class LuaThreadUse: Sendable {
  /// The entry that the watchdog saw, and when it saw it first.
  private typealias Sight = (entries: Int, since: ContinuousClock.Instant)

  /// Twice the number of entries, and one where a script runs.
  private let entries = Atomic(0)
  /// What runs, or ran last.
  private let label = Mutex("")
  /// The same, for the thread itself, which alone writes both: seldom, since one handler runs on event after event.
  nonisolated(unsafe) private var latest = ""
  private let sight = Mutex<Sight?>(nil)

  public init() {}

  /// A script is entered. To be called on the thread.
  public func enter(_ name: String) {
    if name != latest {
      latest = name
      label.withLock { $0 = name }
    }
    entries.store((entries.load(ordering: .relaxed) &+ 2) | 1, ordering: .releasing)
  }

  /// The script has returned, or waits. To be called on the thread.
  public func leave() { entries.store(entries.load(ordering: .relaxed) & ~1, ordering: .releasing) }

  /// What was seen to run, without a break, for at least so long: budgets end every script long before, so this is a
  /// script that they cannot reach. To be asked again and again, by one watchdog.
  public func stuck(for limit: Duration, now: ContinuousClock.Instant = .now) -> String? {
    let entries = entries.load(ordering: .acquiring)
    let label = label.withLock { $0 }
    // Another script may have been entered between the two looks.
    guard self.entries.load(ordering: .acquiring) == entries else { return nil }
    return sight.withLock { sight in
      guard entries & 1 == 1 else {
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
