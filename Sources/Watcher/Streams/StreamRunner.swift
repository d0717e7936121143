import BoxClient
import EventFeed
import Ledger
import Logging
import RuleEngine
import Synchronization

/// Follows one stream: a page, the rules, the commit, the next page (StreamRunner+Pages.swift).
final class StreamRunner: Sendable {
  let stream: WatchedStream
  let surroundings: Surroundings
  private let state = Mutex(State())
  /// The commit of the last page, which goes on while the rules are on the next one.
  let lastCommit = Mutex<Task<Void, any Error>?>(nil)
  private let refusals = Mutex(Refusals())
  /// What the stream has missed, until that is dealt with.
  private let gap = Mutex<StreamGap?>(nil)

  /// What all streams of a watcher share.
  struct Surroundings: Sendable {
    let ledger: Ledger
    let committer: Committer
    /// Pages pass one at a time, so that a reload happens between two of them.
    let gate: Gate
    let crew: RuleCrew
    let logger: Logger
    let seenCapacity: Int
    let backlogLimit: Int
    /// Ids that several streams share.
    let sharedIDs: SharedIDs
    /// Prompts that are attached, which are shown what came.
    let prompts: AttachedPrompts
    /// Whether the stream ends when it has been caught up.
    let once: Bool
  }

  /// What status tells of a stream.
  struct State: Sendable {
    var position: StreamPosition?
    var isCaughtUp = false
    /// When Box gave its last page, handled or not.
    var answeredAt: Timestamp?
    var lastPageAt: Timestamp?
    var lastEventAt: Timestamp?
    /// `created_at` of the newest event.
    var newestEvent: Timestamp?
    var listeningSince: Timestamp?
    var waiting: (until: Timestamp, reason: String, error: String?)?
    /// The rule whose full backlog holds the stream, and since when.
    var heldBy: (rule: String, since: Timestamp)?
    var stopped: String?
    var events = 0
    /// The last sign of life: a page, the beginning of a poll, or the end of a pause.
    var lastSign: Timestamp? { [lastPageAt, listeningSince, waiting?.until].compactMap(\.self).max() }
  }

  init(stream: WatchedStream, surroundings: Surroundings) {
    self.stream = stream
    self.surroundings = surroundings
  }

  var status: State { state.withLock { $0 } }
  var position: String? { state.withLock { $0.position?.text } }

  /// Runs until the task is cancelled, or a person must act.
  ///
  /// - Parameter gap: what the stream has missed.
  func run(gap: StreamGap?) async throws {
    self.gap.withLock { $0 = gap }
    while true {
      do {
        do {
          return try await follow()
        } catch {
          // Whatever ends it, what was handled is committed first; a ledger that fails says more than a feed that ends.
          try await settle()
          throw error
        }
      } catch let stop as FeedStop where stop.reason == .unauthorized {
        try await pause(after: stop)
      }
    }
  }

  /// Token endpoints hand out tokens that are refused for a while: a good watch is not given up for that.
  private func pause(after stop: FeedStop) async throws {
    guard let pause = refusals.withLock({ $0.next(at: .now) }) else { throw stop }
    let reason = stop.description
    surroundings.logger.warning(
      "stream \(stream.name): the credentials are refused, tried again in \(pause.roundedText): \(reason)")
    state.withLock { $0.waiting = (WallClock.now + pause, "credentials refused", reason) }
    try await Task.sleep(for: pause)
  }

  /// Follows the stream from where the ledger says.
  private func follow() async throws {
    guard let start = try await start() else { return }
    var memory = try await memory()
    if let missed = gap.withLock({ $0 }) {
      memory = try await close(missed, memory)
      gap.withLock { $0 = nil }
    }
    try await follow(EventFeed(client: stream.client, configuration: configuration(start), seen: memory))
  }

  private func follow(_ feed: EventFeed) async throws {
    let listening = Task { await self.listen(to: feed.notices) }
    defer { listening.cancel() }
    for try await page in feed {
      refusals.withLock { $0 = Refusals(hasWorked: true) }
      noteAnswer()
      try await handle(page)
      // Its commit, and what that sends, come before the next question.
      if page.isSmall { try await settle() }
      if surroundings.once, page.isCaughtUp { break }
    }
    try await settle()
  }

  /// The ids of events that were handled.
  private func memory() async throws -> SeenEvents {
    let packed = try await surroundings.ledger.seen()[stream.feedName] ?? []
    return SeenEvents(capacity: surroundings.seenCapacity, recent: EventDigest.unpacked(packed))
  }

  /// Where to go on; nil where the task is cancelled.
  private func start() async throws -> FeedStart? {
    let progress = try await surroundings.ledger.streams().first { $0.stream == stream.name }
    let start = try await begin(progress)
    guard case .position(.now) = start, stream.streamType != .adminLogs else { return start }
    // What happens while nobody listens yet must not be lost: the position is stored before the first poll.
    return try await firstPosition(start).map { .position($0) }
  }

  private func configuration(_ start: FeedStart) -> EventFeed.Configuration {
    var configuration = EventFeed.Configuration(streamType: stream.streamType, start: start)
    configuration.pollInterval = stream.pollInterval
    configuration.drainsFirst = surroundings.once
    return configuration
  }

  /// Where to go on, or to begin; what begins is stored before the first request.
  private func begin(_ progress: StreamProgress?) async throws -> FeedStart {
    if let text = progress?.position {
      note(StreamPosition(text))
      return .position(StreamPosition(text))
    }
    if let text = progress?.createdAfter, let time = Timestamp(text) { return .time(time) }
    var commit = LedgerCommit()
    switch stream.from.fixed(on: stream.streamType) {
    case .position(let position):
      commit.streams = [StreamProgress(stream: stream.name, position: position.text)]
      try await surroundings.committer.write(commit)
      return .position(position)
    case .time(let time):
      commit.streams = [StreamProgress(stream: stream.name, createdAfter: time.description)]
      try await surroundings.committer.write(commit)
      return .time(time)
    }
  }

  /// The position at which the stream stands, stored.
  private func firstPosition(_ start: FeedStart) async throws -> StreamPosition? {
    let feed = EventFeed(client: stream.client, configuration: configuration(start))
    let listening = Task { await self.listen(to: feed.notices) }
    defer { listening.cancel() }
    for try await page in feed {
      noteAnswer()
      guard let position = page.position else { continue }
      var commit = LedgerCommit()
      commit.streams = [StreamProgress(stream: stream.name, position: position.text)]
      try await surroundings.committer.write(commit)
      note(position)
      return position
    }
    return nil
  }

  /// Writes a gap down. On an enterprise stream `admin_logs` still has its events, which are handled first.
  private func close(_ gap: StreamGap, _ known: SeenEvents) async throws -> SeenEvents {
    var seen = known
    surroundings.logger.warning(
      "stream \(stream.name): events from \(gap.from) to \(gap.to) may be missing: \(gap.reason)")
    var commit = LedgerCommit()
    commit.gaps = [gap.stored(for: stream.name)]
    let receipt = try await surroundings.committer.write(commit)
    guard stream.streamType.isEnterprise else { return seen }
    var backlog = EventBacklog(
      client: stream.client,
      query: .init(streamType: .adminLogs, createdAfter: gap.from, createdBefore: gap.to), seen: seen)
    var filled = 0
    do {
      while let page = try await backlog.nextPage() {
        noteAnswer()
        seen.insert(page.events)
        filled += page.fresh.count
        try await handle(page.withoutPosition, isReplayed: true)
      }
      try await settle()
    } catch let error where !(error is CancellationError || error is LedgerError) {
      surroundings.logger.error("stream \(stream.name): the gap could not be filled from admin_logs: \(error)")
      return seen
    }
    var done = LedgerCommit()
    done.gapsFilled = receipt.gaps
    try await surroundings.committer.write(done)
    surroundings.logger.notice(
      "stream \(stream.name): the gap is filled from admin_logs, \(Count.text(filled, "event"))")
    return seen
  }

  private func noteAnswer() { state.withLock { $0.answeredAt = WallClock.now } }

  private func note(_ position: StreamPosition) { state.withLock { $0.position = position } }

  func note(_ page: FeedPage, handled count: Int) {
    state.withLock { state in
      if let position = page.position { state.position = position }
      state.isCaughtUp = page.isCaughtUp
      state.lastPageAt = WallClock.now
      state.waiting = nil
      guard let last = page.fresh.last.map({ page.events.entries[$0] }) else { return }
      state.lastEventAt = WallClock.now
      state.events += count
      if let time = last.createdAt.flatMap({ Timestamp($0) }) {
        state.newestEvent = max(state.newestEvent ?? time, time)
      }
    }
  }

  /// A rule whose backlog is full holds the streams that feed it, and is named.
  func waitForRoom() async throws {
    while let file = fullFile() {
      let name = file.source.path
      let isNew = state.withLock { state in
        defer { if state.heldBy == nil { state.heldBy = (name, WallClock.now) } }
        return state.heldBy == nil
      }
      if isNew {
        surroundings.logger.warning(
          "the backlog of \(name) is full (\(surroundings.backlogLimit) events): stream \(stream.name) waits for it")
      }
      try await Task.sleep(for: .milliseconds(100))
    }
    state.withLock { $0.heldBy = nil }
  }

  /// Asked anew each time: a reload may put another generation in the file's place.
  private func fullFile() -> RuleFile? {
    surroundings.crew.files(of: stream).first { $0.backlog >= surroundings.backlogLimit }
  }

  private func listen(to notices: AsyncStream<FeedNotice>) async {
    for await notice in notices {
      switch notice {
      case .newChange(let change):
        surroundings.crew.ring(
          stream, .init(stream: stream.name, position: change.position?.text ?? "", receivedAt: change.receivedAt))
      case .listening:
        state.withLock { state in
          state.listeningSince = WallClock.now
          state.waiting = nil
        }
        await surroundings.committer.contact(stream.name)
      case .waiting(let duration, let reason, let error):
        state.withLock { $0.waiting = (WallClock.now + duration, reason.rawValue, error) }
        if let error {
          surroundings.logger.warning(
            "stream \(stream.name): \(reason.rawValue), next in \(duration.roundedText): \(error)")
        }
      case .server: continue
      }
    }
  }

  func stopped(because reason: String) { state.withLock { $0.stopped = reason } }
}
