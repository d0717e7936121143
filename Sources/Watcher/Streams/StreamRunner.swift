import BoxClient
import EventFeed
import Ledger
import Logging
import RuleEngine
import Synchronization

/// Follows one stream: a page, the rules, the commit, the next page (StreamRunner+Pages.swift); beside it, gaps are
/// filled (StreamRunner+Gaps.swift).
final class StreamRunner: Sendable {
  let stream: WatchedStream
  let surroundings: Surroundings
  private let state = Mutex(State())
  /// The commit of the last page, which goes on while the rules are on the next one.
  let lastCommit = Mutex<Task<Void, any Error>?>(nil)
  private let refusals = Mutex(Refusals())

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
    /// How long after the end of a gap `admin_logs` has all of it.
    let lateness: Duration
  }

  /// What status tells of a stream.
  struct State: Sendable {
    var position: StreamPosition?
    var isCaughtUp = false
    /// When Box gave its last page, handled or not.
    var answeredAt: Timestamp?
    var hasEnded = false
    var lastPageAt: Timestamp?
    var lastEventAt: Timestamp?
    /// `created_at` of the newest event.
    var newestEvent: Timestamp?
    var listeningSince: Timestamp?
    var waiting: (until: Timestamp, reason: String, error: String?)?
    /// The rule whose full backlog holds the stream, and since when.
    var heldBy: (rule: String, since: Timestamp)?
    var stopped: String?
    /// Why the last attempt to fill a gap failed.
    var fillingTrouble: String?
    var events = 0
    /// What failed last, as long as nothing has succeeded since.
    var trouble: String? { waiting?.error ?? fillingTrouble }
    /// The last sign of life: a page, the beginning of a poll, or the end of a pause.
    var lastSign: Timestamp? { [lastPageAt, listeningSince, waiting?.until].compactMap(\.self).max() }
    /// Whether what failed last is no refusal: those are Box's answers.
    var isOutOfReach: Bool { trouble != nil && waiting?.reason != StreamRunner.refused }
  }

  init(stream: WatchedStream, surroundings: Surroundings) {
    self.stream = stream
    self.surroundings = surroundings
  }

  var status: State { state.withLock { $0 } }
  var position: String? { state.withLock { $0.position?.text } }

  /// Runs until the task is cancelled, or a person must act.
  func run() async throws {
    defer { state.withLock { $0.hasEnded = true } }
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

  /// Why a stream waits whose credentials Box refuses.
  private static let refused = "credentials refused"

  /// Token endpoints hand out tokens that are refused for a while: a good watch is not given up for that.
  private func pause(after stop: FeedStop) async throws {
    guard let pause = refusals.withLock({ $0.next(at: .now) }) else { throw stop }
    let reason = stop.description
    surroundings.logger.warning(
      "stream \(stream.name): the credentials are refused, tried again in \(pause.roundedText): \(reason)")
    state.withLock { $0.waiting = (WallClock.now + pause, Self.refused, reason) }
    try await Task.sleep(for: pause)
  }

  /// Follows the stream from where the ledger says, and fills its gaps meanwhile.
  private func follow() async throws {
    guard let start = try await start() else { return }
    await surroundings.committer.knows(try await contact(), of: stream.name)
    let gaps = try await unfilledGaps()
    guard !gaps.isEmpty else { return try await follow(from: start) }
    surroundings.sharedIDs.share(stream.feedName, try await memory())
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.follow(from: start) }
      group.addTask { try await self.fill(gaps) }
      for try await _ in group {}
    }
  }

  private func follow(from start: FeedStart) async throws {
    let memory = try await memory()
    try await follow(EventFeed(client: stream.client, configuration: configuration(start), seen: memory))
  }

  private func follow(_ feed: EventFeed) async throws {
    let listening = Task(executorPreference: NetworkExecutor.shared) { await self.listen(to: feed.notices) }
    defer { listening.cancel() }
    for try await page in feed {
      refusals.withLock { $0 = Refusals(hasWorked: true) }
      noteAnswer()
      try await handle(page)
      // Its commit, and what that sends, come before the next question.
      if page.isSmall { try await settle() }
      if surroundings.once, page.isCaughtUp {
        try await settle()
        await surroundings.committer.contact(stream.name)
        return
      }
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
    let last = try await contact()
    let start = try await begin(progress)
    // What happens while nobody listens yet must not be lost: the position is stored before the first poll.
    guard start != .position(.now) else { return try await firstStart(movedFrom: last) }
    if let last { try await noteMissed(since: last) }
    return start
  }

  private func configuration(_ start: FeedStart) -> EventFeed.Configuration {
    var configuration = EventFeed.Configuration(streamType: stream.streamType, start: start)
    configuration.pollInterval = stream.pollInterval
    configuration.isOneShot = surroundings.once
    return configuration
  }

  /// Where to go on, or to begin; what begins is stored before the first request.
  private func begin(_ progress: StreamProgress?) async throws -> FeedStart {
    if let text = progress?.position {
      let position = StreamPosition(text)
      if position != .now { note(position) }
      return .position(position)
    }
    if let text = progress?.createdAfter, let time = Timestamp(text) { return .time(time) }
    var commit = LedgerCommit()
    switch stream.from {
    case .position(let position):
      commit.streams = [StreamProgress(stream: stream.name, position: position.text)]
      try await surroundings.committer.write(commit)
      return .position(position)
    case .time(let time):
      commit.streams = [StreamProgress(stream: stream.name, createdAfter: time.description)]
      commit.meta = [contact(at: time)]
      try await surroundings.committer.write(commit)
      return .time(time)
    }
  }

  /// Where the stream stands now, stored in one transaction with the gap that this leaves; nil where the task is
  /// cancelled.
  ///
  /// - Parameter last: until when the stream was followed; nil at its very first start.
  private func firstStart(movedFrom last: Timestamp?) async throws -> FeedStart? {
    let asked = (ContinuousClock.now, WallClock.now)
    let feed = EventFeed(client: stream.client, configuration: configuration(.position(.now)))
    let listening = Task(executorPreference: NetworkExecutor.shared) { await self.listen(to: feed.notices) }
    defer { listening.cancel() }
    for try await page in feed {
      noteAnswer()
      let answered = page.events.servedAt
      var commit = LedgerCommit()
      let start: FeedStart
      if stream.streamType == .adminLogs {
        // It has no position for now, and this machine's clock may differ from the one that dates its events.
        let begun = answered.map { $0 - (ContinuousClock.now - asked.0) - .seconds(1) } ?? asked.1
        commit.streams = [StreamProgress(stream: stream.name, createdAfter: begun.description)]
        start = .time(begun)
      } else if let position = page.position {
        commit.streams = [StreamProgress(stream: stream.name, position: position.text)]
        start = .position(position)
      } else {
        continue
      }
      let gap = last.map { StreamGap.moved(from: $0, to: answered ?? WallClock.now) }
      if let gap { add(gap, to: &commit) } else { commit.meta = [contact(at: answered ?? asked.1)] }
      try await surroundings.committer.write(commit)
      if let gap { tell(gap) }
      if case .position(let position) = start { note(position) }
      return start
    }
    return nil
  }

  /// Writes down what a stream has missed that stands still: Box does not keep it any more.
  private func noteMissed(since last: Timestamp) async throws {
    guard let gap = StreamGap.since(last, on: stream.streamType, now: WallClock.now) else { return }
    var commit = LedgerCommit()
    add(gap, to: &commit)
    try await surroundings.committer.write(commit)
    tell(gap)
  }

  private func add(_ gap: StreamGap, to commit: inout LedgerCommit) {
    commit.gaps = [gap.stored(for: stream.name)]
    // What was missed until there is on record: a later start does not find it again.
    commit.meta = [contact(at: gap.to)]
  }

  /// Until when the stream was followed, as the ledger says; nil where that is not known.
  private func contact() async throws -> Timestamp? {
    try await surroundings.ledger.meta()[Committer.contactKey(stream.name)].flatMap { Int64($0) }
      .map { Timestamp(milliseconds: $0) }
  }

  /// The stream is followed until then. What is older than Box surely keeps it was not missed where Box has brought it.
  private func contact(at time: Timestamp) -> MetaChange {
    Committer.contact(stream.name, at: StreamGap.bounded(time, on: stream.streamType, now: WallClock.now))
  }

  /// Until when the stream is followed with a page: before it is caught up the page's last event tells.
  func reached(with page: FeedPage) -> Timestamp? {
    let time =
      page.isCaughtUp
      ? page.events.servedAt ?? WallClock.now
      : page.events.entries.last { $0.createdAt != nil }?.createdAt.flatMap { Timestamp($0) }
    return time.map { StreamGap.bounded($0, on: stream.streamType, now: WallClock.now) }
  }

  private func tell(_ gap: StreamGap) {
    surroundings.logger.warning(
      "stream \(stream.name): events from \(gap.from) to \(gap.to) may be missing: \(gap.reason)")
  }

  private func noteAnswer() { state.withLock { $0.answeredAt = WallClock.now } }

  /// A page of a gap came.
  func noteFilling(handled count: Int) {
    state.withLock { state in
      state.answeredAt = WallClock.now
      state.fillingTrouble = nil
      state.events += count
    }
  }

  func noteFilling(trouble: String) { state.withLock { $0.fillingTrouble = trouble } }

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
    var shortPages = 0
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
      case .shortPage(let page):
        shortPages += 1
        // Where Box counts so all the time, that is told now and then.
        guard shortPages == 1 || shortPages.isMultiple(of: 1000) else { continue }
        surroundings.logger.warning("stream \(stream.name): \(page); \(Count.text(shortPages, "such page")) so far")
      case .server: continue
      }
    }
  }

  func stopped(because reason: String) { state.withLock { $0.stopped = reason } }
}
