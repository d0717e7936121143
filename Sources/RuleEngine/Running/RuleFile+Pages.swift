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
    return await withCheckedContinuation { answer in
      let visit = PageVisit(view: view, allowance: allowance, answer: answer)
      Task { await self.carryOut(visit) }
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
    backlog += result.unfinished.count
    return result
  }

  private func carryOut(_ visit: PageVisit) async {
    self.visit = visit
    let view = visit.view
    var next = 0
    while next < view.fresh.count, !visit.isOver {
      let index = view.fresh[next]
      if let time = view.times[index], !movesClock(to: time) { await advance(to: time) }
      let interested = handlers(ofType: view.types[index])
      if !interested.isEmpty {
        let event = EventInHand(view: view, index: index)
        eventInState = nil
        for (number, handler) in interested.enumerated() {
          visit.inHand = (next, number)
          let handler = handlers[handler]
          let failure =
            switch begin(event, handler) {
            case .ended(let failure): failure
            case let beginning: await end(beginning, handler, event)
            }
          if let failure { visit.retries.append((handler.identity, failure)) }
        }
        visit.inHand = nil
        if visit.isOver {
          endLate(visit)
          break
        }
        if !visit.retries.isEmpty {
          // What failed may pass. Until then the events behind it wait.
          let retries = Self.retried(visit.retries, index: index, attempt: 1)
          end(visit, retries + unfinished(view, from: next + 1))
          break
        }
        if visit.isLate, next + 1 < view.fresh.count {
          end(visit, unfinished(view, from: next + 1))
          break
        }
      }
      next += 1
    }
    if !visit.isOver { end(visit, []) }
    state?.pageDone()
    self.visit = nil
    turn.pass()
  }

  /// The page left during the event in hand, whose end is a unit of its own: for the one entry of the backlog that it is
  /// now.
  private func endLate(_ visit: PageVisit) {
    for place in outcomes.indices where outcomes[place].eventIndex != nil { outcomes[place].eventIndex = 0 }
    var result = takeResult()
    result.unfinished = Self.retried(visit.retries, index: 0, attempt: 1)
    if visit.retries.isEmpty {
      result.finished = 1
      backlog -= 1
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

  private func end(_ visit: PageVisit, _ unfinished: [UnfinishedEvent]) {
    pending.add(memory.sweep(at: now))
    var result = takeResult()
    result.unfinished = unfinished
    backlog += unfinished.count
    visit.end(with: result)
  }

  /// The script begins to wait: the page waits with it until its allowance is over.
  func timeVisit() {
    guard let visit, let deadline = visit.deadline, !visit.isOver, !visit.isTimed else { return }
    visit.isTimed = true
    Task {
      try? await Task.sleep(until: deadline)
      leave(visit)
    }
  }

  /// The call in hand waits, and the page has waited for it long enough.
  private func leave(_ visit: PageVisit) {
    guard !visit.isOver, let (place, number) = visit.inHand else { return }
    let index = visit.view.fresh[place]
    let remaining = handlers(ofType: visit.view.types[index])[number...].map { handlers[$0].identity }
    let failed = visit.retries.map(\.handler)
    var result = takeResult()
    // Should the process end before the call does, the event is handled again.
    result.unfinished = [UnfinishedEvent(index: index, handlers: failed + remaining, attempt: 2, failure: nil)]
    result.unfinished += unfinished(visit.view, from: place + 1)
    result.isRunning = true
    backlog += result.unfinished.count
    precondition(running == nil, "a page came while the end of another page's call was not taken")
    running = RunningCall()
    visit.end(with: result)
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
