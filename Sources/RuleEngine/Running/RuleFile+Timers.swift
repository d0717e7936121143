import BoxClient
import LuaHost

extension RuleFile {
  /// Starts the timers and runs `on_start`. The rules are live.
  ///
  /// - Parameter moment: where a virtual clock begins, unless it stands later already.
  func start(at moment: Timestamp? = nil) async -> WorkResult {
    await beginStart()
    return await finishStart(at: moment)
  }

  /// Takes the file's turn, so that nothing of it runs before its start: ``finishStart(at:)`` must follow.
  public func beginStart() async { await turn.take() }

  /// Runs what ``start(at:)`` runs. Where an `on_start` waits, other files go on meanwhile.
  public func finishStart(at moment: Timestamp? = nil) async -> WorkResult {
    defer { turn.pass() }
    if let moment, let virtualNow, moment > virtualNow { self.virtualNow = moment }
    for (index, function) in onStart.enumerated() {
      let scope = HandlerScope(identity: startIdentity, occasion: "start \(index) \(now)")
      await commit(scope, .call(function, []))
    }
    let now = now
    for index in timers.indices {
      let timer = timers[index]
      if let last = lastTicks[timer.identity], timer.goesOn {
        // A tick after now was made by a clock that was ahead. By the events' own time it is one that was made already.
        timers[index].due = due(timer, after: virtualNow == nil ? min(last, now) : last, now)
      } else {
        timers[index].due = timer.isImmediate ? now : timer.first(after: now)
        // From here on counts what an interval longer than a run of the process is measured from.
        if timer.goesOn { ticks[timer.identity] = now }
      }
    }
    if virtualNow != nil { await advance(to: now) }
    state?.pageDone()
    return takeResult()
  }

  /// When a timer ticks that ticked in an earlier run: what it missed is made up for once, or counted.
  private func due(_ timer: TimerEntry, after last: Timestamp, _ now: Timestamp) -> Timestamp? {
    guard let next = timer.next(after: last), next <= now else { return timer.next(after: last) }
    if timer.makesUp { return next }
    let (due, skipped) = timer.next(after: next, beyond: now)
    skippedTicks += skipped
    log(.warn, "\(timer.identity): left out: \(Count.text(skipped, "tick", "missed while it did not run"))")
    return due
  }

  /// Moves the virtual clock on, never back, and runs on its way what falls due: timers and the ends of deduplication
  /// periods.
  func advance(to time: Timestamp) async {
    guard let begun = virtualNow, time >= begun else { return }
    while let due = nextDue, due <= time {
      if due > now { virtualNow = due }
      _ = await runDue()
    }
    if time > now { virtualNow = time }
  }

  /// When something of the file is due next.
  var nextDue: Timestamp? {
    let timer = timers.lazy.compactMap(\.due).min()
    guard let summary = memory.deduplicator.nextDue else { return timer }
    return timer.map { min($0, summary) } ?? summary
  }

  /// Runs what is due by the time of day.
  public func tick() async -> WorkResult {
    await turn.take()
    defer { turn.pass() }
    for index in timers.indices {
      // Nothing is due later than one that begins now, unless the clock was ahead.
      guard let due = timers[index].due, let latest = timers[index].first(after: now) else { continue }
      timers[index].due = min(due, latest)
    }
    while let due = nextDue, due <= now { guard await runDue() else { break } }
    state?.pageDone()
    return takeResult()
  }

  /// Runs what is due now. False where it was cancelled, and is still due.
  private func runDue() async -> Bool {
    let now = now
    if let due = memory.deduplicator.nextDue, due <= now { sumUp { $0.expired(at: now) } }
    guard
      let index = timers.indices.filter({ timers[$0].due.map { $0 <= now } ?? false }).min(by: {
        timers[$0].due! < timers[$1].due!
      })
    else { return true }
    let timer = timers[index]
    let tick = timer.due ?? now
    timers[index].due = timer.next(after: tick)
    let scope = HandlerScope(identity: timer.identity, occasion: "tick \(tick)")
    let failure = await commit(scope, .call(timer.function, []))
    if virtualNow == nil, failure?.failure.kind == .cancelled {
      timers[index].due = tick
      return false
    }
    timers[index].failing = failure.map {
      FailingTimer(
        timer: timer.identity, ticks: (timer.failing?.ticks ?? 0) + 1, last: now, error: $0.failure.description)
    }
    guard timer.goesOn else { return true }
    ticks[timer.identity] = tick
    // Ticks that fell due while this one ran are left out.
    guard let next = timers[index].due, next <= self.now else { return true }
    let (due, skipped) = timer.next(after: next, beyond: self.now)
    timers[index].due = due
    skippedTicks += skipped
    log(.debug, "\(timer.identity): left out: \(Count.text(skipped, "tick", "that overlapped with one that ran"))")
    return true
  }

  /// The real-time server rang.
  public func newChange(stream: String, position: String, receivedAt: Timestamp) async -> WorkResult {
    await turn.take()
    defer { turn.pass() }
    await rung(stream: stream, position: position, receivedAt: receivedAt)
    state?.pageDone()
    return takeResult()
  }

  func rung(stream: String, position: String, receivedAt: Timestamp) async {
    for (index, function) in onNewChange.enumerated() {
      let scope = HandlerScope(identity: newChangeIdentity(index), occasion: "change \(receivedAt)")
      let change = LuaTable([
        "stream": .text(stream), "position": .text(position), "received_at": .text("\(receivedAt)"),
      ])
      await commit(scope, .call(function, [.table(change)]))
    }
  }
}
