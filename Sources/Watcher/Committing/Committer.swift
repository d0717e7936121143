import BoxClient
import Delivery
import EventFeed
import Ledger
import Logging
import RuleEngine

/// Turns what rule files did into transactions of the ledger, in order, and hands what they sent to delivery.
///
/// A file's results are committed in the order in which the file gave them, whoever brings them. A disk that is full or
/// read-only is waited out: nothing is lost, and nothing goes on without its commit.
actor Committer {
  let ledger: Ledger
  /// Where a task commits without waking another thread.
  nonisolated var executor: any TaskExecutor { ledger.executor }
  let router: EffectRouter
  let logger: Logger
  let isDryRun: Bool
  /// Takes what was committed and is to be delivered.
  let deliver: @Sendable ([CommittedDelivery]) async -> Void
  /// Told where the ledger fails for good.
  let failed: @Sendable (any Error) -> Void
  var shared: CommittedSharedStore
  /// The last result of each file that was committed, and who waits for it.
  var sequences: [Int: Int] = [:]
  var waiters: [CheckedContinuation<Void, Never>] = []
  /// What delivery reported since the last commit.
  var reports = LedgerCommit()
  var isFlushing = false
  /// Why nothing can be committed any more.
  var broken: LedgerError?
  var deadline: ContinuousClock.Instant?
  /// How long the next attempt at a ledger that cannot be written is put off, and what waits for it.
  var pause = Committer.firstPause
  var sleeper: Task<Void, Never>?
  static let firstPause = Duration.seconds(1)
  /// When the log could not be moved; nil since it could.
  var lastLogFailure: ContinuousClock.Instant?
  var isWriting = false
  var writers: [CheckedContinuation<Void, Never>] = []
  /// When each stream's last contact was stored, in milliseconds.
  var contacts: [String: Int64] = [:]
  var counters = Counters()

  /// For status and metrics.
  struct Counters: Sendable {
    /// Of pages.
    var events = 0
    /// Entries of rules' backlogs that were worked off.
    var backlogEvents = 0
    var pages = 0
    /// Calls of handlers.
    var failures = 0
    var parked = 0
    var retried = 0
    var alerts = 0
    var commits = 0
    var lastDelivery: Timestamp?
    /// Since when the ledger cannot be written, and why.
    var trouble: (since: Timestamp, reason: String)?
  }

  struct Page: Sendable {
    let stream: String
    let feed: String
    let page: FeedPage
    /// Its new events.
    let fresh: [Int]
    /// Those of them that no handler got: they are no JSON objects.
    let malformed: [Int]
    let isReplayed: Bool
    /// Until when the stream is followed with it, where it tells.
    let contact: Timestamp?
  }

  init(
    ledger: Ledger, router: EffectRouter, shared: CommittedSharedStore,
    isDryRun: Bool, logger: Logger,
    deliver: @escaping @Sendable ([CommittedDelivery]) async -> Void,
    failed: @escaping @Sendable (any Error) -> Void
  ) {
    self.ledger = ledger
    self.router = router
    self.shared = shared
    self.isDryRun = isDryRun
    self.logger = logger
    self.deliver = deliver
    self.failed = failed
  }

  /// Commits a page with all that it caused.
  ///
  /// - Returns: for each result the ids of its unfinished events in their files' backlogs.
  func commit(_ page: Page, _ results: [RuleEngine.FileResult]) async throws(LedgerError) -> [[Int64]] {
    let events = page.page.events
    var commit = LedgerCommit()
    commit.streams = [
      StreamProgress(
        stream: page.stream, position: page.page.position?.text, createdAfter: page.page.createdAfter?.description)
    ]
    if !page.fresh.isEmpty {
      commit.seen = [SeenDigests(feed: page.feed, digests: events.packedDigests(of: page.fresh))]
    }
    if let contact = page.contact { add(contact, of: page.stream, to: &commit) }
    park(malformedOf: page, in: &commit)
    let ids = try await self.commit(&commit, results) { index in
      let event = events.entries[index]
      return Cause(event: event, stream: page.stream, isReplayed: page.isReplayed)
    }
    counters.pages += 1
    counters.events += page.fresh.count - page.malformed.count
    return ids
  }

  /// A stream was reached, and brought nothing.
  func contact(_ stream: String) async {
    var commit = LedgerCommit()
    add(WallClock.now, of: stream, to: &commit)
    guard commit != LedgerCommit() else { return }
    do {
      _ = try await write(commit)
    } catch {
      failed(error)
    }
  }

  /// Until when a stream was followed, in steps of ten minutes: so that a later start knows what it has missed. Where it
  /// goes back to what it was followed through before, that is not missing again; what lies ahead of the clock was stored
  /// by one that was ahead.
  private func add(_ contact: Timestamp, of stream: String, to commit: inout LedgerCommit) {
    if let stored = contacts[stream], stored <= WallClock.now.milliseconds,
      contact.milliseconds - stored < 600_000
    {
      return
    }
    contacts[stream] = contact.milliseconds
    commit.meta.append(Self.contact(stream, at: contact))
  }

  /// What the ledger says of a stream.
  func knows(_ contact: Timestamp?, of stream: String) { contacts[stream] = contact?.milliseconds }

  static func contact(_ stream: String, at time: Timestamp) -> MetaChange {
    MetaChange(key: contactKey(stream), value: String(time.milliseconds))
  }

  static func contactKey(_ stream: String) -> String { "contact \(stream)" }

  /// Commits what a file did beside pages: its timers, its start and its stop.
  func commit(_ results: [RuleEngine.FileResult]) async throws(LedgerError) {
    var commit = LedgerCommit()
    _ = try await self.commit(&commit, results) { _ in nil }
  }

  /// What an outcome of an event is about.
  struct Cause {
    let event: StoredEvent

    init(event: Event, stream: String, isReplayed: Bool) {
      self.event = StoredEvent(
        stream: stream, id: event.id, type: event.eventType, text: event.withUnsafeText { Array($0) },
        replayed: isReplayed)
    }

    init(stored: StoredEvent) { event = stored }
  }

  func commit(
    _ commit: inout LedgerCommit, _ results: [RuleEngine.FileResult], cause: (Int) -> Cause?
  ) async throws(LedgerError) -> [[Int64]] {
    for one in results { try await turn(of: one) }
    let now = WallClock.now
    var outcomes = results.outcomes
    for outcome in outcomes { note(outcome, cause, now, in: &commit) }
    if isDryRun {
      tellOf(outcomes)
      outcomes = []
    }
    commit.deliveries = router.deliveries(for: outcomes, at: now)
    await beginWriting()
    defer { endWriting() }
    for one in results {
      // Known without a visit to the file, which is busy with the next page.
      let namespace = one.file.namespace
      commit.cells += one.result.cells.map { $0.change(namespace) }
      commit.cells += shared.apply(one.result.sharedWrites).map { $0.change(Self.sharedNamespace) }
      commit.quarantined += one.result.quarantined.map {
        Quarantine(handler: $0, since: now.milliseconds, reason: "out of budget too often in a row")
      }
      for event in one.result.unfinished {
        guard let cause = cause(event.index) else { continue }
        commit.entries.append(
          NewBacklogEntry(
            namespace: namespace, handlers: event.handlers, event: cause.event, attempts: event.attempt - 1,
            due: now.milliseconds + (event.failure == nil ? 0 : 1000), error: event.failure?.failure.message,
            firstFailure: event.failure == nil ? nil : now.milliseconds))
      }
    }
    // Nothing to store is no reason for a transaction.
    if commit == LedgerCommit() {
      for one in results { finished(one) }
      return results.map { _ in [] }
    }
    takeReports(into: &commit)
    let receipt = try await writeInTurn(commit)
    for one in results { finished(one) }
    await hand(commit.deliveries, receipt.deliveries)
    var ids = receipt.entries[...]
    return results.map { one in
      let own = Array(ids.prefix(one.result.unfinished.count))
      ids = ids.dropFirst(own.count)
      return own
    }
  }

  static let sharedNamespace = "\u{0}shared"
}

extension StateCell {
  fileprivate func change(_ namespace: String) -> CellChange {
    CellChange(namespace: namespace, part: part.rawValue, key: key, value: value)
  }
}
