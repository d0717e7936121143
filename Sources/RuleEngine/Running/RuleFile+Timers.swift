import BoxClient
import LuaHost

extension RuleFile {
  /// Starts the timers and runs `on_start`. The rules are live.
  ///
  /// - Parameter moment: where a virtual clock begins, unless it stands later already.
  func start(at moment: Timestamp? = nil) async -> [Outcome] {
    outcomes.removeAll(keepingCapacity: true)
    if let moment, let virtualNow, moment > virtualNow { self.virtualNow = moment }
    for function in onStart {
      let scope = HandlerScope(identity: "\(namespace)/on_start", occasion: "start \(now)")
      await commit(scope, .call(function, []))
    }
    let now = now
    for index in timers.indices {
      timers[index].due = timers[index].isImmediate ? now : firstDue(timers[index], now)
    }
    if virtualNow != nil { await advance(to: now) }
    return outcomes
  }

  private func firstDue(_ timer: TimerEntry, _ now: Timestamp) -> Timestamp? {
    switch timer.schedule {
    case .every, .once: now + timer.interval
    case .cron(let cron): cron.next(after: now)
    }
  }

  /// Moves the virtual clock on, never back, and runs on its way what falls due: timers and the ends of deduplication
  /// periods.
  func advance(to time: Timestamp) async {
    guard let begun = virtualNow, time >= begun else { return }
    while let due = nextDue, due <= time {
      if due > now { virtualNow = due }
      await runDue()
    }
    if time > now { virtualNow = time }
  }

  private var nextDue: Timestamp? {
    let timer = timers.lazy.compactMap(\.due).min()
    guard let summary = memory.deduplicator.nextDue else { return timer }
    return timer.map { min($0, summary) } ?? summary
  }

  /// Runs what is due now.
  private func runDue() async {
    sumUp(memory.withDeduplicator { $0.expired(at: now) })
    guard
      let index = timers.indices.filter({ timers[$0].due.map { $0 <= now } ?? false }).min(by: {
        timers[$0].due! < timers[$1].due!
      })
    else { return }
    let timer = timers[index]
    let tick = timer.due ?? now
    timers[index].due = timer.next(after: tick)
    let scope = HandlerScope(identity: timer.identity, occasion: "tick \(tick)")
    await commit(scope, .call(timer.function, []))
  }

  /// The real-time server rang.
  func newChange(stream: String, position: String) async -> [Outcome] {
    outcomes.removeAll(keepingCapacity: true)
    for (number, function) in onNewChange.enumerated() {
      let scope = HandlerScope(identity: "\(namespace)/on_new_change#\(number + 1)", occasion: "change \(now)")
      let change = LuaTable(["stream": .text(stream), "position": .text(position), "received_at": .text("\(now)")])
      await commit(scope, .call(function, [.table(change)]))
    }
    return outcomes
  }
}
