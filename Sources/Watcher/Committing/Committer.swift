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
  private let ledger: Ledger
  private let router: EffectRouter
  private let logger: Logger
  private let isDryRun: Bool
  /// Takes what was committed and is to be delivered.
  private let deliver: @Sendable ([CommittedDelivery]) async -> Void
  /// Told where the ledger fails for good.
  private let failed: @Sendable (any Error) -> Void
  private var shared: CommittedSharedStore
  /// The last result of each file that was committed, and who waits for it.
  private var sequences: [Int: Int] = [:]
  private var waiters: [CheckedContinuation<Void, Never>] = []
  /// What delivery reported since the last commit.
  private var reports = LedgerCommit()
  private var isFlushing = false
  private var isWriting = false
  private var writers: [CheckedContinuation<Void, Never>] = []
  /// When each stream's last contact was stored, in milliseconds.
  private var contacts: [String: Int64] = [:]
  private(set) var counters = Counters()

  /// For status and metrics.
  struct Counters: Sendable {
    var events = 0
    var pages = 0
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
    if !page.page.fresh.isEmpty {
      commit.seen = [SeenDigests(feed: page.feed, digests: Self.packed(page.page))]
    }
    let ids = try await self.commit(&commit, results) { index in
      let event = events.entries[index]
      return Cause(event: event, stream: page.stream, isReplayed: false)
    }
    counters.pages += 1
    counters.events += page.page.fresh.count
    return ids
  }

  /// A stream was reached: told to the ledger every ten minutes, so that a later start knows what it has missed.
  func contact(_ stream: String) async {
    let now = WallClock.now.milliseconds
    guard now - (contacts[stream] ?? 0) >= 600_000 else { return }
    contacts[stream] = now
    var commit = LedgerCommit()
    commit.meta = [MetaChange(key: Self.contactKey(stream), value: String(now))]
    do {
      _ = try await write(commit)
    } catch {
      failed(error)
    }
  }

  static func contactKey(_ stream: String) -> String { "contact \(stream)" }

  /// Commits what a file did beside pages: its timers, its start and its stop.
  func commit(_ results: [RuleEngine.FileResult]) async throws(LedgerError) {
    var commit = LedgerCommit()
    _ = try await self.commit(&commit, results) { _ in nil }
  }

  /// Commits what became of the first entries of a file's backlog.
  func commit(_ result: WorkResult, of file: RuleFile, for entries: [BacklogEntry]) async throws(LedgerError) {
    var commit = LedgerCommit()
    commit.entriesFinished = entries.prefix(result.finished).map(\.id)
    var later = result
    later.unfinished = []
    for event in result.unfinished { retry(event, entries[event.index], in: &commit) }
    // What was tried for too long leaves the backlog too.
    let given = commit.entriesParked.count
    if given > 0 { await file.backlogGrew(by: -given) }
    _ = try await self.commit(&commit, [.init(file: file, result: later)]) { index in
      let stored = entries[index].entry.event
      return Cause(stored: stored)
    }
  }

  private func retry(_ event: UnfinishedEvent, _ entry: BacklogEntry, in commit: inout LedgerCommit) {
    let now = WallClock.now.milliseconds
    let first = entry.entry.firstFailure ?? now
    let attempts = event.attempt - 1
    guard let failure = event.failure, failure.fate == .retried else { return }
    if now - first >= Self.longestRetry {
      commit.entriesParked.append(
        EntryParking(id: entry.id, at: now, failures: event.handlers.map { Self.stored(failure, handler: $0) }))
      counters.parked += 1
      return
    }
    counters.retried += 1
    // A call that was cancelled is not the event's fault, and goes on at once.
    let pause: Int64 = failure.failure.kind == .cancelled ? 0 : min(300_000, 1000 << Int64(min(attempts - 1, 9)))
    commit.entriesUpdated.append(
      BacklogUpdate(
        id: entry.id, handlers: event.handlers, attempts: attempts, due: now + pause, error: failure.failure.message,
        firstFailure: first))
  }

  /// How long what fails for a passing reason is tried again, in milliseconds.
  private static let longestRetry: Int64 = 24 * 3600 * 1000

  /// What an outcome of an event is about.
  private struct Cause {
    let event: StoredEvent

    init(event: Event, stream: String, isReplayed: Bool) {
      self.event = StoredEvent(
        stream: stream, id: event.id, type: event.eventType, text: event.withUnsafeText { Array($0) },
        replayed: isReplayed)
    }

    init(stored: StoredEvent) { event = stored }
  }

  private func commit(
    _ commit: inout LedgerCommit, _ results: [RuleEngine.FileResult], cause: (Int) -> Cause?
  ) async throws(LedgerError) -> [[Int64]] {
    for one in results { await turn(of: one) }
    var namespaces: [String] = []
    for one in results { namespaces.append(await one.file.namespace) }
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
    for (one, namespace) in zip(results, namespaces) {
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

  // MARK: Order

  private func turn(of one: RuleEngine.FileResult) async {
    guard let sequence = one.result.sequence else { return }
    while sequences[one.file.number, default: 0] < sequence - 1 {
      await withCheckedContinuation { waiters.append($0) }
    }
  }

  private func finished(_ one: RuleEngine.FileResult) {
    guard let sequence = one.result.sequence else { return }
    sequences[one.file.number] = sequence
    let waiting = waiters
    waiters = []
    for waiter in waiting { waiter.resume() }
  }

  // MARK: Failures

  private func note(_ outcome: Outcome, _ cause: (Int) -> Cause?, _ now: Timestamp, in commit: inout LedgerCommit) {
    counters.alerts += outcome.effects.count { if case .alert = $0 { true } else { false } }
    guard let failure = outcome.failure else { return }
    counters.failures += 1
    tell(failure)
    guard failure.fate != .retried, let index = outcome.eventIndex, let cause = cause(index) else { return }
    counters.parked += 1
    commit.eventsParked.append(
      NewParkedEvent(
        namespace: Self.namespace(of: failure), event: cause.event,
        failure: Self.stored(failure, handler: failure.handler), parkedAt: now.milliseconds))
  }

  private func tell(_ failure: RuleFailure) {
    let fate =
      switch failure.fate {
      case .parked: failure.eventType == nil ? "" : "; the event is parked"
      case .retried: "; it is tried again"
      case .quarantined, .gone: "; the event is parked"
      }
    // A handler that is set aside was told of when that happened.
    if failure.fate == .quarantined { return logger.debug("\(failure)\(fate)") }
    if failure.failure.kind == .cancelled { return logger.debug("\(failure)\(fate)") }
    let lines = (failure.failure.traceback ?? "").split(separator: "\n").dropFirst().map {
      "\n  \($0.drop { $0 == "\t" })"
    }
    logger.error("\(failure)\(fate)\(lines.joined())")
  }

  /// The namespace stands in front of the handler's own name.
  private static func namespace(of failure: RuleFailure) -> String {
    failure.handler.lastIndex(of: "/").map { String(failure.handler[..<$0]) } ?? failure.handler
  }

  private static func stored(_ failure: RuleFailure, handler: String) -> HandlerFailure {
    HandlerFailure(
      handler: handler, reason: failure.fate == .parked ? failure.failure.kind.rawValue : failure.fate.rawValue,
      message: failure.failure.message, location: failure.failure.location, traceback: failure.failure.traceback)
  }

  private func tellOf(_ outcomes: [Outcome]) {
    for outcome in outcomes {
      for effect in outcome.effects { logger.notice("dry run: \(outcome.handler) would \(effect.inWords)") }
    }
  }

  // MARK: Delivery

  private func hand(_ deliveries: [NewDelivery], _ ids: [Int64]) async {
    guard !deliveries.isEmpty else { return }
    await deliver(zip(ids, deliveries).map { CommittedDelivery(id: $0, delivery: $1) })
  }

  /// What delivery has done. It goes with the next commit, or with one of its own soon: a crash before that repeats a
  /// delivery under the same key, and a file's mark tells what is there already.
  func report(_ report: OutboxReport) {
    let now = WallClock.now
    for parking in report.parked { logger.error("delivery \(parking.id) is parked: \(parking.error)") }
    counters.parked += report.parked.count
    reports.deliveriesDone += report.delivered
    reports.deliveriesRetried += report.retried.map {
      DeliveryRetry(id: $0.id, attempts: $0.attempts, due: $0.due, error: $0.error)
    }
    reports.deliveriesParked += report.parked.map { DeliveryParking(id: $0.id, at: $0.at, error: $0.error) }
    reports.fileMarks += report.marks.map(\.stored)
    counters.lastDelivery = report.delivered.isEmpty ? counters.lastDelivery : now
    guard !isFlushing else { return }
    isFlushing = true
    Task {
      try? await Task.sleep(for: .milliseconds(20))
      do {
        try await flush()
      } catch {
        failed(error)
      }
    }
  }

  /// Parks a delivery that cannot even be read.
  func park(_ id: Int64, because reason: String) async throws(LedgerError) {
    logger.error("delivery \(id) is parked: \(reason)")
    counters.parked += 1
    var commit = LedgerCommit()
    commit.deliveriesParked = [DeliveryParking(id: id, at: WallClock.now.milliseconds, error: reason)]
    _ = try await write(commit)
  }

  /// The lengths of files that are appended to for the first time, before they are.
  func record(_ marks: [PathMark]) async throws(LedgerError) {
    var commit = LedgerCommit()
    commit.fileMarks = marks.map(\.stored)
    _ = try await write(commit)
  }

  /// Commits what delivery has reported.
  func flush() async throws(LedgerError) {
    isFlushing = false
    await beginWriting()
    defer { endWriting() }
    var commit = LedgerCommit()
    takeReports(into: &commit)
    guard commit != LedgerCommit() else { return }
    _ = try await writeInTurn(commit)
  }

  private func takeReports(into commit: inout LedgerCommit) {
    commit.deliveriesDone += reports.deliveriesDone
    commit.deliveriesRetried += reports.deliveriesRetried
    commit.deliveriesParked += reports.deliveriesParked
    commit.fileMarks += reports.fileMarks
    reports = LedgerCommit()
  }

  // MARK: Writing

  /// Any other change of the ledger.
  @discardableResult
  func write(_ commit: LedgerCommit) async throws(LedgerError) -> LedgerReceipt {
    await beginWriting()
    defer { endWriting() }
    return try await writeInTurn(commit)
  }

  /// One commit at a time, and what is made of it in the same order: what a later one holds of marks, of shared values
  /// and of deliveries builds on the one before it.
  private func beginWriting() async {
    guard isWriting else {
      isWriting = true
      return
    }
    await withCheckedContinuation { writers.append($0) }
  }

  private func endWriting() {
    if writers.isEmpty { isWriting = false } else { writers.removeFirst().resume() }
  }

  private func writeInTurn(_ commit: LedgerCommit) async throws(LedgerError) -> LedgerReceipt {
    var pause = Duration.seconds(1)
    while true {
      do {
        let receipt = try await ledger.commit(commit)
        counters.commits += 1
        if let trouble = counters.trouble {
          logger.notice("the ledger can be written again", metadata: ["since": "\(trouble.since)"])
          counters.trouble = nil
        }
        return receipt
      } catch {
        guard [.full, .readOnly, .busy].contains(error.kind) else { throw error }
        if counters.trouble == nil {
          counters.trouble = (WallClock.now, error.message)
          logger.error("\(error); everything waits until the ledger can be written again")
        }
        try? await Task.sleep(for: pause)
        pause = min(pause * 2, .seconds(30))
      }
    }
  }

  static let sharedNamespace = "\u{0}shared"

  private static func packed(_ page: FeedPage) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(16 * page.fresh.count)
    for event in page.freshEvents {
      let digest = event.digest
      withUnsafeBytes(of: (digest.high.littleEndian, digest.low.littleEndian)) { bytes += $0 }
    }
    return bytes
  }
}

extension EventDigest {
  /// The digests of a packed row.
  static func unpacked(_ bytes: [UInt8]) -> [EventDigest] {
    bytes.withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count - 15, by: 16).map { place in
        EventDigest(
          high: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)),
          low: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place + 8, as: UInt64.self)))
      }
    }
  }
}

extension StateCell {
  fileprivate func change(_ namespace: String) -> CellChange {
    CellChange(namespace: namespace, part: part.rawValue, key: key, value: value)
  }
}

extension PathMark {
  fileprivate var stored: StoredFileMark { StoredFileMark(path: path, file: mark.file, length: mark.length) }
}

/// A delivery that the ledger holds now.
struct CommittedDelivery: Sendable {
  let id: Int64
  let delivery: NewDelivery
}
