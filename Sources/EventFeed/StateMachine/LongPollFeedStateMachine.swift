import BoxClient

/// The feed of a user stream: OPTIONS, drain, poll, and again (PROTOCOL.md, sections 2 and 8).
///
/// A real-time server only rings; it promises nothing. So the stream is drained after OPTIONS and after every poll,
/// whatever ended it, and every round without progress waits a little longer than the one before. Where OPTIONS fails
/// or names no server, nothing rings, and the stream is drained between one OPTIONS and the next.
struct LongPollFeedStateMachine: FeedStateMachine {
  private enum State {
    case idle
    /// The very first start: `now` is being turned into a position before anything else.
    case findingPosition
    /// OPTIONS is under way.
    case askingForServers
    /// Pages are fetched; then the server is polled, or asked for where there is none.
    case draining(Server?)
    /// The server is being polled.
    case polling(Server)
    /// A pause, and what follows it.
    case waiting(Next)
    case stopped
  }

  private indirect enum Next {
    case servers
    case drain(Server?)
    case findPosition
  }

  /// A real-time server in use.
  private struct Server {
    let server: RealtimeServer
    let since: Duration
    var wasPolled = false
    /// Polls in a row that no doorbell ended.
    var silentPolls = 0
    /// Whether the drain that is under way was rung for.
    var rung = false
    /// Whether that drain brought anything.
    var brought = false
  }

  private var state: State = .idle
  private var drain: Drain
  private(set) var isCaughtUp = false
  private let isOneShot: Bool
  private let timing: FeedTiming
  private var backoff: Backoff
  private var emptyDoorbells: Backoff

  var position: StreamPosition? { drain.position }
  var createdAfter: Timestamp? { nil }

  /// - Parameters:
  ///   - position: where the stream goes on; `now` or `beginning` for a first start.
  ///   - isOneShot: whether nobody listens once the stream is caught up: it is drained before the first OPTIONS.
  init(
    position: StreamPosition, isOneShot: Bool = false, timing: FeedTiming = FeedTiming(),
    seed: UInt64 = .random(in: 0...UInt64.max)
  ) {
    drain = Drain(position: position, doubts: isOneShot ? .last : .listener)
    self.isOneShot = isOneShot
    self.timing = timing
    backoff = Backoff(first: timing.backoff, cap: timing.backoffCap, seed: seed)
    emptyDoorbells = Backoff(first: timing.backoff, cap: timing.emptyDoorbellCap, seed: seed &+ 1)
  }

  mutating func handle(_ input: FeedInput, at now: Duration) -> FeedAction {
    switch (input, state) {
    case (.start, .idle): go(to: drain.position == .now ? .findPosition : begun)
    case (.page(let page), .findingPosition): positionArrived(page)
    case (.page(let page), .draining(let server)): pageArrived(page, server, now)
    case (.fetchFailed(let failure), .draining(let server)): failed(failure, then: .drain(server))
    case (.fetchFailed(let failure), .findingPosition): failed(failure, then: .findPosition)
    case (.servers(let server?), .askingForServers): startDrain(Server(server: server, since: now))
    case (.servers(nil), .askingForServers): pause(backoff.next(), .noServer, then: .drain(nil))
    case (.serversFailed(let failure), .askingForServers): failed(failure, then: .drain(nil))
    case (.pollEnded(let outcome, let held, let pace), .polling(let server)):
      pollEnded(outcome, held, pace, server)
    case (.waited, .waiting(let next)): go(to: next)
    default: preconditionFailure("the long-poll feed takes no \(input) while \(state)")
    }
  }

  // MARK: Beginning

  /// What comes first where there is a position.
  private var begun: Next { isOneShot ? .drain(nil) : .servers }

  /// The answer to `now`: committed before the first poll, so that nothing after it can be lost.
  private mutating func positionArrived(_ page: PageSummary) -> FeedAction {
    isCaughtUp = false
    _ = drain.pageArrived(page)
    guard drain.position?.isResumable == true else { return pause(backoff.next(), .noPosition, then: .findPosition) }
    backoff.reset()
    return go(to: begun)
  }

  // MARK: Draining

  private mutating func startDrain(_ server: Server?) -> FeedAction {
    state = .draining(server)
    return .fetch(drain.request)
  }

  private mutating func pageArrived(_ page: PageSummary, _ server: Server?, _ now: Duration) -> FeedAction {
    var server = server
    let step = drain.pageArrived(page)
    isCaughtUp = step == .caughtUp
    if page.fresh > 0 {
      server?.brought = true
      backoff.reset()
      emptyDoorbells.reset()
    }
    switch step {
    case .again: return startDrain(server)
    case .againAfterPause: return pause(timing.dryPause, .nothingNew, then: .drain(server))
    case .caughtUp: return server.map { drained($0, now) } ?? go(to: .servers)
    }
  }

  private mutating func drained(_ server: Server, _ now: Duration) -> FeedAction {
    var server = server
    // The event may become visible a moment after the doorbell: look once more before listening again.
    if server.rung && !server.brought {
      server.rung = false
      return pause(emptyDoorbells.next(), .emptyDoorbell, then: .drain(server))
    }
    server.rung = false
    let used = server.silentPolls > 0 && server.silentPolls >= server.server.maxRetries
    if used || now - server.since >= server.server.timeToLive {
      // Else a ttl shorter than OPTIONS and GET take would mean one after the other without end.
      return server.wasPolled || server.brought ? go(to: .servers) : pause(backoff.next(), .briefServer, then: .servers)
    }
    server.wasPolled = true
    state = .polling(server)
    return .poll(server.server, position: drain.position)
  }

  // MARK: Polling

  private mutating func pollEnded(
    _ outcome: PollOutcome, _ held: Duration, _ pace: Duration, _ server: Server
  ) -> FeedAction {
    var server = server
    let progressed = server.brought || held >= timing.patientPoll
    server.brought = false
    if held >= timing.patientPoll {
      backoff.reset()
      emptyDoorbells.reset()
    }
    switch outcome {
    case .message(.newChange):
      server.silentPolls = 0
      server.rung = true
      return pace > .zero ? pause(pace, .callBudget, then: .drain(server)) : startDrain(server)
    case .timedOut:
      // An idle account's usual case: no failure, and it backs nothing off.
      server.silentPolls += 1
      return startDrain(server)
    case .message(.reconnect), .message(.other):
      return progressed ? go(to: .servers) : pause(backoff.next(), .quickReconnect, then: .servers)
    case .failed(let failure):
      return failed(failure, then: .servers)
    }
  }

  // MARK: Pausing

  private mutating func failed(_ failure: FeedFailure, then next: Next) -> FeedAction {
    switch failure {
    case .passing(let retryAfter):
      return pause(max(backoff.next(), retryAfter ?? .zero), .callFailed, then: next)
    case .final(let stop):
      state = .stopped
      return .stop(stop)
    }
  }

  private mutating func pause(_ duration: Duration, _ reason: WaitReason, then next: Next) -> FeedAction {
    state = .waiting(next)
    return .wait(duration, reason)
  }

  private mutating func go(to next: Next) -> FeedAction {
    switch next {
    case .findPosition:
      state = .findingPosition
      return .fetch(drain.request)
    case .servers:
      state = .askingForServers
      return .askForServers
    case .drain(let server):
      return startDrain(server)
    }
  }
}
