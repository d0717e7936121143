import BoxClient

/// Carries a state machine's actions out, one after the other, and hands its pages on.
struct FeedDriver: Sendable {
  private let client: BoxClient
  private let configuration: EventFeed.Configuration
  private let notices: AsyncStream<FeedNotice>.Continuation
  private var machine: any FeedStateMachine
  private var seen: SeenEvents
  private var hasFetched = false
  private let begun = ContinuousClock.now

  /// OPTIONS, page and poll: the calls that one doorbell leads to, as the call budget counts them.
  private static let callsPerDoorbell = 3

  init(
    client: BoxClient, configuration: EventFeed.Configuration, seen: consuming SeenEvents,
    notices: AsyncStream<FeedNotice>.Continuation
  ) {
    self.client = client
    self.configuration = configuration
    self.seen = seen
    self.notices = notices
    machine = Self.machine(for: configuration)
  }

  private static func machine(for configuration: EventFeed.Configuration) -> any FeedStateMachine {
    switch (configuration.streamType, configuration.start) {
    case (.adminLogs, let start), (.adminLogsStreaming, let start):
      return IntervalFeedStateMachine(
        start: start, streamType: configuration.streamType, fixedInterval: configuration.pollInterval,
        isOneShot: configuration.isOneShot, timing: configuration.timing)
    case (_, .position(let position)):
      return LongPollFeedStateMachine(
        position: position, isOneShot: configuration.isOneShot, timing: configuration.timing)
    case (_, .time):
      preconditionFailure("\(configuration.streamType) cannot begin at a time")
    }
  }

  /// Runs until the feed stops (``FeedStop``) or the task is cancelled. `handOn` returns when the page was taken, or, as a
  /// small one, is done with.
  mutating func run(_ handOn: (FeedPage) async -> Void) async throws {
    var action = handle(.start)
    while true {
      try Task.checkCancellation()
      switch action {
      case .fetch(let request): action = try await fetch(request, handOn)
      case .askForServers: action = try await askForServers()
      case .poll(let server, let position): action = try await poll(server, position)
      case .wait(let duration, let reason): action = try await wait(duration, reason, error: nil)
      case .stop(let stop): throw stop
      }
    }
  }

  private mutating func handle(_ input: FeedInput) -> FeedAction {
    machine.handle(input, at: ContinuousClock.now - begun)
  }

  private mutating func fetch(_ request: FetchRequest, _ handOn: (FeedPage) async -> Void) async throws -> FeedAction {
    let events: Events
    do {
      events = try await client.events.getEvents(
        queryParams: .init(
          streamType: configuration.streamType, streamPosition: request.position, limit: configuration.pageSize,
          createdAfter: request.createdAfter),
        headers: configuration.headers)
    } catch {
      return try await failed(error, .fetch(request.position)) { .fetchFailed($0) }
    }
    hasFetched = true
    if events.isShort, let counted = events.chunkSize {
      notices.yield(.shortPage(ShortPage(listed: events.entries.count, counted: counted)))
    }
    let fresh = seen.insert(events)
    let action = handle(
      .page(
        PageSummary(
          events, fresh: fresh.count, asked: request.position, limit: configuration.pageSize,
          newest: configuration.isOneShot ? events.newest : nil)))
    let resumable = machine.position.flatMap { $0.isResumable ? $0 : nil }
    let page = FeedPage(
      events: events, fresh: fresh, position: resumable, createdAfter: machine.createdAfter,
      requestedPosition: request.position, isCaughtUp: machine.isCaughtUp)
    if machine.isCaughtUp { PageParser.releaseMemory() }
    await handOn(page)
    return action
  }

  private mutating func askForServers() async throws -> FeedAction {
    do {
      // Without a type Box gives the channel of `all`, whatever the stream.
      let servers = try await client.events.getEventsWithLongPolling(
        streamType: configuration.streamType, headers: configuration.headers)
      let server = servers.first
      notices.yield(.server(server.flatMap { Origin($0.url) }))
      return handle(.servers(server))
    } catch {
      return try await failed(error, .servers) { .serversFailed($0) }
    }
  }

  private mutating func poll(_ server: RealtimeServer, _ position: StreamPosition?) async throws -> FeedAction {
    notices.yield(.listening(position))
    do {
      try await client.events.prepareToPoll()
    } catch {
      return try await failed(error, .poll) { .pollEnded(.failed($0), held: .zero, pace: .zero) }
    }
    // From here on: the wait for a token or for the call budget is no sign of a patient server.
    let since = ContinuousClock.now
    let outcome: PollOutcome
    var wasReached = true
    var failure: (any Error)?
    do {
      outcome = .message(
        try await client.events.poll(server, streamPosition: position, headers: configuration.headers))
    } catch let fault as NetworkFault where fault.kind == .timedOut {
      outcome = .timedOut
    } catch {
      try Task.checkCancellation()
      failure = error
      outcome = .failed(FeedFailure(error, in: .poll, hasFetched: hasFetched))
      // A connection that is never made may take long too, and proves no working server.
      wasReached = (error as? NetworkFault)?.kind != .unreachable
    }
    if case .message(.newChange) = outcome {
      notices.yield(.newChange(NewChange(position: position, receivedAt: WallClock.now)))
    }
    let pace = client.budget.pace(calls: Self.callsPerDoorbell)
    let held = wasReached ? ContinuousClock.now - since : .zero
    return try await paused(handle(.pollEnded(outcome, held: held, pace: pace)), failure)
  }

  private mutating func failed(
    _ error: any Error, _ call: FeedFailure.Call, _ input: (FeedFailure) -> FeedInput
  ) async throws -> FeedAction {
    try Task.checkCancellation()
    return try await paused(handle(input(FeedFailure(error, in: call, hasFetched: hasFetched))), error)
  }

  /// Carries a pause out at once, so that what failed can be told with it.
  private mutating func paused(_ action: FeedAction, _ error: (any Error)?) async throws -> FeedAction {
    guard case .wait(let duration, let reason) = action, let error else { return action }
    return try await wait(duration, reason, error: "\(error)")
  }

  private mutating func wait(_ duration: Duration, _ reason: WaitReason, error: String?) async throws -> FeedAction {
    if reason == .interval { notices.yield(.listening(machine.position)) }
    notices.yield(.waiting(duration, reason, error: error))
    try await Task.sleep(for: duration)
    return handle(.waited)
  }
}
