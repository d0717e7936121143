import BoxClient
import LuaHost

/// An event from a rule file's backlog.
public struct BacklogEvent: Sendable {
  /// A page of this event alone.
  public let events: Events
  public let stream: String
  /// The handlers that remain; empty for all that match.
  public let handlers: [String]
  public let attempt: Int
  public let isReplayed: Bool

  public init(events: Events, stream: String, handlers: [String], attempt: Int, isReplayed: Bool) {
    self.events = events
    self.stream = stream
    self.handlers = handlers
    self.attempt = attempt
    self.isReplayed = isReplayed
  }
}

extension RuleFile {
  /// Handles events of the backlog in order, until `allowance` is over or one of them has to be tried again, which
  /// ``WorkResult/unfinished`` names then; at least one is handled. ``WorkResult/finished`` tells how many are done.
  ///
  /// Nil where a call that left its page goes on: the first entry is its.
  public func work(off entries: [BacklogEvent], allowance: Duration) async -> WorkResult? {
    guard running == nil else { return nil }
    await turn.take()
    defer { turn.pass() }
    guard running == nil else { return nil }
    let deadline = ContinuousClock.now + allowance
    var finished = 0
    var unfinished: [UnfinishedEvent] = []
    for (place, entry) in entries.enumerated() {
      let before = outcomes.count
      let retries = await handle(entry)
      for index in before..<outcomes.count where outcomes[index].eventIndex != nil {
        outcomes[index].eventIndex = place
      }
      unfinished = Self.retried(retries, index: place, attempt: entry.attempt)
      guard unfinished.isEmpty else { break }
      finished += 1
      if ContinuousClock.now >= deadline { break }
    }
    var result = takeResult()
    result.finished = finished
    result.unfinished = unfinished
    backlogGrew(by: -finished)
    return result
  }

  /// Under what an event is parked whose handlers were gone before any of them was called. Tried again it goes to all
  /// that match.
  private var anyHandler: String { "\(namespace)/*" }

  private func handle(_ entry: BacklogEvent) async -> [(handler: String, failure: RuleFailure)] {
    let view = EventPageView(
      events: entry.events, fresh: [0], stream: entry.stream, isReplayed: entry.isReplayed, types: types)
    let event = EventInHand(view: view, index: 0, attempt: entry.attempt)
    if let time = timeToReach(0, of: view) { await advance(to: time) }
    eventInState = nil
    var retries: [(handler: String, failure: RuleFailure)] = []
    if entry.handlers.isEmpty || entry.handlers == [anyHandler] {
      let interested = handlers(ofType: view.types[0])
      if interested.isEmpty {
        // Nothing comes into the backlog that no handler may want.
        let name = event.event.eventType
        let type = name.isEmpty ? "without a type" : "of type \(name)"
        let reason = "no handler for events \(type) is in \(source.path) any more"
        park(event, anyHandler, .gone, LuaFailure(.runtime, reason))
      }
      for index in interested {
        if let failure = await handle(event, handlers[index]) {
          retries.append((handlers[index].identity, failure))
        }
      }
    } else {
      for identity in entry.handlers {
        guard let handler = handlers.first(where: { $0.identity == identity }) else {
          park(event, identity, .gone, LuaFailure(.runtime, "the handler is not in \(source.path) any more"))
          continue
        }
        if let failure = await handle(event, handler) { retries.append((identity, failure)) }
      }
    }
    state?.pageDone()
    return retries
  }
}

extension RuleFile {
  /// So many events came into the backlog from elsewhere: parked ones that are tried again.
  public func backlogGrew(by count: Int) { setBacklog(backlog + count) }

  /// What `status` tells of a rule file.
  public struct Status: Sendable {
    public let namespace: String
    /// What it registered for events, and how many of these are set aside.
    public let handlers: Int
    public let quarantined: Int
    public let backlog: Int
    public let suppressedAlerts: Int
    public let shadowAlerts: Int
    public let skippedTicks: Int
    /// Bytes of Lua memory.
    public let memory: Int
    /// When something is due by the clock.
    public let nextDue: Timestamp?
    public let failingTimers: [FailingTimer]
  }

  /// Nothing is to be done for a while: gives memory back that is kept for the next events.
  public func rest() { state?.releaseKept() }

  /// Bytes of what ``rest()`` gives back.
  package var keptMemory: Int { state?.keptMemory ?? 0 }

  public var status: Status {
    Status(
      namespace: namespace, handlers: handlers.count, quarantined: handlers.count { $0.isQuarantined },
      backlog: backlog, suppressedAlerts: suppressedAlerts, shadowAlerts: shadowAlerts, skippedTicks: skippedTicks,
      memory: state?.memory ?? 0, nextDue: nextDue, failingTimers: timers.compactMap(\.failing))
  }
}
