import BoxClient

/// The feed of an enterprise stream: drain, wait, and again (PROTOCOL.md, sections 3 "Streams" and 8).
///
/// At rest it waits for as long as Box takes to write events anyway. While pages come large it returns sooner, and
/// slows down again as they empty.
struct IntervalFeedStateMachine: FeedStateMachine {
  private enum State {
    case idle
    case draining
    case waiting
    case stopped
  }

  private var state: State = .idle
  private var drain: Drain
  private(set) var isCaughtUp = false
  private let timing: FeedTiming
  private let rest: Duration
  private let isFixed: Bool
  private let isOneShot: Bool
  private var interval: Duration
  private var pageWasLarge = false
  private var backoff: Backoff

  var position: StreamPosition? { drain.position }
  var createdAfter: Timestamp? { drain.position == nil ? drain.createdAfter : nil }
  /// Whether the start is a `now` by this machine's clock, which may be ahead of Box's.
  private var trustsOwnClock = true

  /// - Parameters:
  ///   - start: where the stream goes on, or the time at which a first start on `admin_logs` begins.
  ///   - fixedInterval: between two drains; nil to adapt.
  ///   - isOneShot: whether nobody asks again once the stream is caught up.
  init(
    start: FeedStart, streamType: StreamType, fixedInterval: Duration? = nil, isOneShot: Bool = false,
    timing: FeedTiming = FeedTiming(), seed: UInt64 = .random(in: 0...UInt64.max)
  ) {
    let doubts: Drain.Doubts = isOneShot ? .last : .none
    switch start {
    case .position(.now) where streamType == .adminLogs:
      // Whether `admin_logs` knows `now` is not sure (PROTOCOL.md, section 10); a time means the same and is.
      drain = Drain(position: nil, createdAfter: WallClock.now, doubts: doubts)
      trustsOwnClock = false
    case .position(let position): drain = Drain(position: position, doubts: doubts)
    case .time(let time): drain = Drain(position: nil, createdAfter: time, doubts: doubts)
    }
    self.timing = timing
    self.isOneShot = isOneShot
    rest = fixedInterval ?? (streamType == .adminLogs ? timing.adminLogsInterval : timing.streamingInterval)
    isFixed = fixedInterval != nil
    interval = rest
    backoff = Backoff(first: timing.backoff, cap: timing.backoffCap, seed: seed)
  }

  mutating func handle(_ input: FeedInput, at now: Duration) -> FeedAction {
    switch (input, state) {
    case (.start, .idle), (.waited, .waiting): fetch()
    case (.page(let page), .draining): pageArrived(page)
    case (.fetchFailed(let failure), .draining): failed(failure)
    default: preconditionFailure("the interval feed takes no \(input) while \(state)")
    }
  }

  private mutating func fetch() -> FeedAction {
    state = .draining
    return .fetch(drain.request)
  }

  private mutating func pageArrived(_ page: PageSummary) -> FeedAction {
    if !trustsOwnClock, let servedAt = page.servedAt {
      // The first answer says what Box's clock showed; what happens from then on is asked for.
      drain.beginNoLater(than: servedAt - .seconds(1))
      trustsOwnClock = true
    }
    let step = drain.pageArrived(page)
    isCaughtUp = step == .caughtUp
    if drain.position != .now { backoff.reset() }
    if page.isLarge && page.fresh > 0 { pageWasLarge = true }
    switch step {
    // Where something happens all the time each page would bring an event or two, and each costs a call.
    case .again where page.isSmall && !isOneShot: return pause(min(timing.dryPause, rest), .fewEvents)
    case .again: return fetch()
    case .againAfterPause: return pause(timing.dryPause, .nothingNew)
    // `now` was not turned into a position: asked again, it would step over what happens meanwhile.
    case .caughtUp where drain.position == .now: return pause(backoff.next(), .noPosition)
    case .caughtUp: return pause(nextInterval(), .interval)
    }
  }

  private mutating func nextInterval() -> Duration {
    defer { pageWasLarge = false }
    guard !isFixed else { return rest }
    interval = pageWasLarge ? max(rest / 12, interval / 4) : min(rest, interval * 2)
    return interval
  }

  private mutating func failed(_ failure: FeedFailure) -> FeedAction {
    switch failure {
    case .passing(let retryAfter): return pause(max(backoff.next(), retryAfter ?? .zero), .callFailed)
    case .final(let stop):
      state = .stopped
      return .stop(stop)
    }
  }

  private mutating func pause(_ duration: Duration, _ reason: WaitReason) -> FeedAction {
    state = .waiting
    return .wait(duration, reason)
  }
}
