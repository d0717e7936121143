import BoxClient
import LuaHost

extension RuleFile {
  /// Handles a page's events in order.
  ///
  /// - Parameter allowance: after which what is left becomes ``WorkResult/unfinished``; nil for no end.
  func visit(_ view: EventPageView, allowance: Duration?) async -> WorkResult {
    if isBehind { return await deferred(view) }
    if let allowance {
      guard await turn.take(within: allowance, on: self) else { return await deferred(view) }
    } else {
      await turn.take()
    }
    // Another page may have gone into the backlog while this one waited for its turn.
    if isBehind {
      turn.pass()
      return await deferred(view)
    }
    let visit = PageVisit(view: view, allowance: allowance)
    self.visit = visit
    eventInState = nil
    guard let pause = proceed(visit) else { return finish(visit) }
    return await withCheckedContinuation { answer in
      visit.answer = answer
      Task { await self.goOn(visit, pause) }
    }
  }

  /// Whether later events have to queue: behind those in the backlog, or behind a call whose end nobody has taken yet.
  private var isBehind: Bool { backlog > 0 || running != nil }

  private func deferred(_ view: EventPageView) async -> WorkResult {
    var result = WorkResult()
    // Its place in the backlog is its place among the file's results, whatever stream brings it.
    result.sequence = nextSequence()
    result.unfinished = unfinished(view, from: 0)
    result.nextDue = nextDue
    backlogGrew(by: result.unfinished.count)
    return result
  }

  /// What a page's handling has to wait for.
  private enum Pause {
    /// The virtual clock, on whose way to an event something may fall due.
    case clock(Timestamp)
    /// A handler's call.
    case call(Beginning, Handler, EventInHand)
  }

  /// Handles events until one of them has to wait, or until the page is done with: then the answer is nil. A page whose
  /// handlers wait for nothing, as nearly all do, is handled here without a suspension.
  private func proceed(_ visit: PageVisit) -> Pause? {
    let view = visit.view
    while visit.place < view.fresh.count {
      let index = view.fresh[visit.place]
      if let time = timeToReach(index, of: view) { return .clock(time) }
      let interested = handlers(ofType: view.types[index])
      if !interested.isEmpty {
        let event = EventInHand(view: view, index: index)
        while visit.handler < interested.count {
          let handler = handlers[interested[visit.handler]]
          switch begin(event, handler) {
          case .ended(let failure): visit.ended(handler, failure)
          case let beginning:
            visit.isWaiting = true
            return .call(beginning, handler, event)
          }
        }
        if endsPage(visit, with: index) { return nil }
      }
      visit.handler = 0
      visit.place += 1
    }
    return nil
  }

  /// Goes on with a page whose handling waits.
  private func goOn(_ visit: PageVisit, _ first: Pause) async {
    var next: Pause? = first
    while let pause = next {
      switch pause {
      case .clock(let time):
        await advance(to: time)
      case .call(let beginning, let handler, let event):
        visit.ended(handler, await end(beginning, handler, event))
        visit.isWaiting = false
      }
      next = proceed(visit)
    }
    let result = finish(visit)
    visit.answer?.resume(returning: result)
  }

  /// Whether an event whose handlers have ended is the page's last, since the page has left, what failed has to be tried
  /// again first, or the allowance is used up.
  private func endsPage(_ visit: PageVisit, with index: Int) -> Bool {
    let view = visit.view
    if visit.hasLeft {
      endLate(visit)
      return true
    }
    if !visit.retries.isEmpty {
      // What failed may pass. Until then the events behind it wait.
      let retries = Self.retried(visit.retries, index: index, attempt: 1)
      visit.unfinished = retries + unfinished(view, from: visit.place + 1)
      return true
    }
    if visit.isLate, visit.place + 1 < view.fresh.count {
      visit.unfinished = unfinished(view, from: visit.place + 1)
      return true
    }
    return false
  }

  /// The page left during the event in hand, whose end is a unit of its own: for the one entry of the backlog that it is
  /// now.
  private func endLate(_ visit: PageVisit) {
    for place in outcomes.indices where outcomes[place].eventIndex != nil { outcomes[place].eventIndex = 0 }
    var result = takeResult()
    result.unfinished = Self.retried(visit.retries, index: 0, attempt: 1)
    if visit.retries.isEmpty {
      result.finished = 1
      backlogGrew(by: -1)
    }
    running?.finish(result)
  }

  static func retried(
    _ failed: [(handler: String, failure: RuleFailure)], index: Int, attempt: Int
  ) -> [UnfinishedEvent] {
    guard let first = failed.first else { return [] }
    return [
      UnfinishedEvent(index: index, handlers: failed.map(\.handler), attempt: attempt + 1, failure: first.failure)
    ]
  }

  /// Ends a page's stay, as far as it has not left already, and lets the next one in.
  private func finish(_ visit: PageVisit) -> WorkResult {
    var result = WorkResult()
    if !visit.hasLeft {
      pending.add(memory.sweep(at: now))
      shared.sweep(at: now)
      result = takeResult()
      result.unfinished = visit.unfinished
      backlogGrew(by: visit.unfinished.count)
    }
    state?.pageDone()
    self.visit = nil
    turn.pass()
    return result
  }

  /// The script begins to wait: the page waits with it until its allowance is over.
  func timeVisit() {
    guard let visit, let deadline = visit.deadline, !visit.hasLeft, !visit.isTimed else { return }
    visit.isTimed = true
    Task {
      try? await Task.sleep(until: deadline)
      leave(visit)
    }
  }

  /// The call in hand waits, and the page has waited for it long enough.
  private func leave(_ visit: PageVisit) {
    guard visit.isWaiting, let answer = visit.answer else { return }
    let index = visit.view.fresh[visit.place]
    let remaining = handlers(ofType: visit.view.types[index])[visit.handler...].map { handlers[$0].identity }
    let failed = visit.retries.map(\.handler)
    var result = takeResult()
    // Should the process end before the call does, the event is handled again.
    result.unfinished = [UnfinishedEvent(index: index, handlers: failed + remaining, attempt: 2, failure: nil)]
    result.unfinished += unfinished(visit.view, from: visit.place + 1)
    result.isRunning = true
    backlogGrew(by: result.unfinished.count)
    precondition(running == nil, "a page came while the end of another page's call was not taken")
    running = RunningCall()
    visit.answer = nil
    visit.hasLeft = true
    answer.resume(returning: result)
  }

  /// How the call ended that went on when its page had left. ``WorkResult/finished`` is 1 where its event is done with.
  public func finishRunning() async -> WorkResult {
    guard let running else { return WorkResult() }
    let result = await running.wait()
    self.running = nil
    return result
  }

  /// The events of a page from a place on that any handler may want.
  private func unfinished(_ view: EventPageView, from place: Int) -> [UnfinishedEvent] {
    view.fresh[place...].compactMap { index in
      guard !handlers(ofType: view.types[index]).isEmpty else { return nil }
      return UnfinishedEvent(index: index, handlers: [], attempt: 1, failure: nil)
    }
  }
}
