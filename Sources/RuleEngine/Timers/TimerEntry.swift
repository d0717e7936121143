import BoxClient
import LuaHost

/// A timer of a rule file.
struct TimerEntry {
  enum Schedule {
    case every(Duration)
    case once(after: Duration)
    case cron(CronSchedule)
  }

  let name: String
  let identity: String
  let schedule: Schedule
  let function: LuaFunction
  var due: Timestamp?
  /// Its last tick, where that failed, and the ones before it that failed too.
  var failing: FailingTimer?
  let isImmediate: Bool
  /// Whether a tick that was missed while nothing ran is made up for once.
  let makesUp: Bool

  /// Whether the ledger keeps its last tick.
  var goesOn: Bool {
    if case .once = schedule { false } else { true }
  }

  func first(after now: Timestamp) -> Timestamp? {
    if case .once(let delay) = schedule { now + delay } else { next(after: now) }
  }

  /// The tick after one at `tick`.
  func next(after tick: Timestamp) -> Timestamp? {
    switch schedule {
    case .every(let interval): tick + interval
    case .once: nil
    case .cron(let cron): cron.next(after: tick)
    }
  }

  /// The first tick behind `now`, and how many fall away from `tick`, the first of them, on.
  func next(after tick: Timestamp, beyond now: Timestamp) -> (due: Timestamp?, skipped: Int) {
    if case .every(let interval) = schedule {
      let passed = Int((now - tick) / interval)
      return (tick + interval * (passed + 1), passed + 1)
    }
    var (due, skipped) = (Optional(tick), 0)
    while let next = due, next <= now {
      due = self.next(after: next)
      skipped += 1
    }
    return (due, skipped)
  }
}
