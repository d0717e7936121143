import BoxClient
import LuaHost

extension RuleFile {
  /// How a handler's call began.
  enum Beginning {
    /// It has ended. A failure is one that may pass; others are outcomes.
    case ended(RuleFailure?)
    /// The script waits.
    case waits(HandlerScope, WaitingCall)
    /// Nothing of it has run: functions of the script's decide about it, and they may wait.
    case undecided(HandlerScope)
  }

  /// Begins a handler's call on an event. Nearly every call ends here, without a suspension: that is what a call costs.
  func begin(_ event: EventInHand, _ handler: Handler) -> Beginning {
    if handler.isQuarantined {
      parkedEvents += 1
      let reason = "the handler is set aside after \(options.quarantineAfter) calls out of budget in a row"
      park(event, handler.identity, .quarantined, LuaFailure(.cancelled, reason))
      return .ended(nil)
    }
    if let filter = handler.filter, !filter.admits(event) { return .ended(nil) }
    let scope = HandlerScope(identity: handler.identity, rule: handler.rule, event: event)
    guard let function = handler.function, let state else { return .undecided(scope) }
    memory.begin()
    do {
      try setEvent(event)
      current = scope
      use.enter(scope.identity)
      defer { use.leave() }
      if let waiting = try state.start(function, event: true, cpu: cpu) { return .waits(scope, waiting) }
      handler.exhausted = 0
      if let excess = scope.excess { throw excess }
      succeeded(scope)
      return .ended(nil)
    } catch {
      return .ended(Self.passing(failed(scope, handler, error)))
    }
  }

  /// Goes on with what ``begin(_:_:)`` left.
  func end(_ beginning: Beginning, _ handler: Handler, _ event: EventInHand) async -> RuleFailure? {
    switch beginning {
    case .ended(let failure): failure
    case .waits(let scope, let waiting): Self.passing(await commit(scope, .rest(handler, waiting)))
    case .undecided(let scope): Self.passing(await commit(scope, .event(handler, event)))
    }
  }

  /// Handles an event by one handler. What it failed with where that may pass; other failures are outcomes.
  func handle(_ event: EventInHand, _ handler: Handler) async -> RuleFailure? {
    await end(begin(event, handler), handler, event)
  }

  private static func passing(_ failure: RuleFailure?) -> RuleFailure? {
    failure?.fate == .retried ? failure : nil
  }
}
