import BoxClient
import LuaHost

/// What a rule file remembers, for the next generation of it or from an earlier run.
public struct RememberedState: Sendable {
  let memory: RuleState
  let lastTicks: [String: Timestamp]
  let quarantined: Set<String>
  let backlog: Int

  /// Nothing.
  static let none = RememberedState(cells: [], quarantined: [], backlog: 0)

  /// - Parameters:
  ///   - cells: what a ledger kept.
  ///   - quarantined: the identities of the handlers that are set aside.
  ///   - backlog: how many events are in the file's backlog.
  public init(cells: [StateCell], quarantined: Set<String>, backlog: Int) {
    var lastTicks: [String: Timestamp] = [:]
    for cell in cells where cell.part == .timer {
      var reader = CellReader(cell.value ?? [])
      lastTicks[String(decoding: cell.key, as: UTF8.self)] = try? reader.time()
    }
    self.init(memory: RuleState(cells: cells), lastTicks: lastTicks, quarantined: quarantined, backlog: backlog)
  }

  init(memory: RuleState, lastTicks: [String: Timestamp], quarantined: Set<String>, backlog: Int) {
    self.memory = memory
    self.lastTicks = lastTicks
    self.quarantined = quarantined
    self.backlog = backlog
  }
}

extension RuleFile {
  /// Goes on with what was remembered. Before the rules are live.
  func adopt(_ remembered: RememberedState) {
    pending.add(memory.adopt(remembered.memory))
    lastTicks = remembered.lastTicks
    setBacklog(remembered.backlog)
    for handler in handlers where remembered.quarantined.contains(handler.identity) { handler.isQuarantined = true }
    setAside = remembered.quarantined.intersection(identities).subtracting(handlers.map(\.identity))
    for identity in setAside.sorted() {
      log(.warn, "\(identity) is set aside, since it could not be ended: it runs again when the file has changed")
    }
  }

  /// It takes the place of the generation before this number.
  func follow(_ generation: Int) { self.generation = generation }

  /// Gives a handler that was set aside another chance.
  public func release(_ handler: String) {
    for one in handlers where one.identity == handler {
      one.isQuarantined = false
      one.exhausted = 0
    }
  }

  /// The identities of all that the file registered.
  public var identities: [String] {
    handlers.map(\.identity) + timers.map(\.identity) + onNewChange.indices.map(newChangeIdentity)
      + (onStart.isEmpty ? [] : [startIdentity]) + (onStop.isEmpty ? [] : [stopIdentity])
  }
  var startIdentity: String { "\(namespace)/on_start" }
  var stopIdentity: String { "\(namespace)/on_stop" }
  func newChangeIdentity(_ index: Int) -> String { "\(namespace)/on_new_change#\(index + 1)" }

  public var quarantinedHandlers: [String] { handlers.filter(\.isQuarantined).map(\.identity) }
  public var wantsNewChange: Bool { !onNewChange.isEmpty }

  /// Cancels the call that waits, and those that would: their events are to be tried again. Until the file stops or
  /// retires.
  public func cancelWaiting() {
    isRetiring = true
    state?.cancelWait()
  }

  /// How long the `on_stop` of a generation may wait: all streams wait with it.
  private static let patienceAtReload = Duration.seconds(5)

  /// Ends this generation: what waits is cancelled and stays in the backlog, `on_stop` runs, and what is remembered goes
  /// to the next one, where handlers that were set aside get another chance. Summaries stay due.
  func retire() async -> (result: WorkResult, remembered: RememberedState) {
    cancelWaiting()
    await turn.take()
    isRetiring = false
    stopDeadline = .now + Self.patienceAtReload
    for (index, function) in onStop.enumerated() {
      let scope = HandlerScope(identity: stopIdentity, occasion: "stop \(index) \(now)")
      await commit(scope, .call(function, []))
    }
    let ticked = lastTicks.merging(ticks) { $1 }
    let result = takeResult()
    // The turn is kept: nothing of this generation runs any more.
    return (
      result,
      RememberedState(
        memory: memory, lastTicks: ticked, quarantined: [], backlog: backlog)
    )
  }
}
