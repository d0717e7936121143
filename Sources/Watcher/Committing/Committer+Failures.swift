import BoxClient
import Ledger
import LuaHost
import RuleEngine

extension Committer {
  func note(_ outcome: Outcome, _ cause: (Int) -> Cause?, _ now: Timestamp, in commit: inout LedgerCommit) {
    counters.alerts += outcome.effects.count { if case .alert = $0 { true } else { false } }
    guard let failure = outcome.failure else { return }
    // A call that was cancelled has not failed: it is made again. One that was not made since its handler is set aside
    // counts.
    if failure.failure.kind != .cancelled || failure.fate == .quarantined { counters.failures += 1 }
    tell(failure)
    guard failure.fate != .retried, let index = outcome.eventIndex, let cause = cause(index) else { return }
    counters.parked += 1
    commit.eventsParked.append(
      NewParkedEvent(
        namespace: Self.namespace(of: failure), event: cause.event,
        failure: Self.stored(failure, handler: failure.handler), parkedAt: now.milliseconds))
  }

  func tell(_ failure: RuleFailure) {
    let fate =
      switch failure.fate {
      case .parked: failure.eventType == nil ? "" : "; the event \(isParked)"
      case .retried: "; it is tried again"
      case .quarantined, .gone: "; the event \(isParked)"
      }
    // A handler that is set aside was told of when that happened.
    if failure.fate == .quarantined { return logger.debug("\(failure)\(fate)") }
    if failure.failure.kind == .cancelled { return logger.debug("\(failure)\(fate)") }
    let lines = (failure.failure.traceback ?? "").split(separator: "\n").dropFirst().map {
      "\n  \($0.drop { $0 == "\t" })"
    }
    logger.error("\(failure)\(fate)\(lines.joined())")
  }

  private var isParked: String { isDryRun ? "would be parked" : "is parked" }

  /// The namespace stands in front of the handler's own name.
  static func namespace(of failure: RuleFailure) -> String {
    failure.handler.lastIndex(of: "/").map { String(failure.handler[..<$0]) } ?? failure.handler
  }

  static func stored(_ failure: RuleFailure, handler: String) -> HandlerFailure {
    HandlerFailure(
      handler: handler, reason: failure.fate == .parked ? failure.failure.kind.rawValue : failure.fate.rawValue,
      message: failure.failure.message, location: failure.failure.location, traceback: failure.failure.traceback)
  }

  func tellOf(_ outcomes: [Outcome]) {
    for outcome in outcomes {
      for effect in outcome.effects { logger.notice("dry run: \(outcome.handler) would \(effect.inWords)") }
    }
  }
}
