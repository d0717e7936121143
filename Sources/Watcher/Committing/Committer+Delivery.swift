import BoxClient
import Delivery
import Ledger
import RuleEngine

extension Committer {
  func hand(_ deliveries: [NewDelivery], _ ids: [Int64]) async {
    guard !deliveries.isEmpty else { return }
    await deliver(zip(ids, deliveries).map { CommittedDelivery(id: $0, delivery: $1) })
  }

  /// What delivery has done. It goes with the next commit, or with one of its own soon: a crash before that repeats a
  /// delivery under the same key, and a file's mark tells what is there already.
  func report(_ report: OutboxReport) {
    let now = WallClock.now
    for parking in report.parked {
      let rule = parking.rule.map { " [rule \($0)]" } ?? ""
      logger.error("delivery \(parking.id) is parked: \(parking.error)\(rule)")
    }
    counters.parked += report.parked.count
    reports.deliveriesDone += report.delivered
    reports.deliveriesRetried += report.retried.map {
      DeliveryRetry(id: $0.id, attempts: $0.attempts, due: $0.due, error: $0.error)
    }
    reports.deliveriesParked += report.parked.map { DeliveryParking(id: $0.id, at: $0.at, error: $0.error) }
    reports.fileMarks += report.marks.map(\.stored)
    counters.lastDelivery = report.delivered.isEmpty ? counters.lastDelivery : now
    flushSoon()
  }

  /// Commits what delivery reports, and moves a long log, a moment later: once for all that comes in that time.
  func flushSoon() {
    guard !isFlushing else { return }
    isFlushing = true
    Task(executorPreference: executor) {
      try? await Task.sleep(for: .milliseconds(20))
      do {
        try await self.flush()
        try await self.moveLog()
      } catch {
        self.failed(error)
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

  /// Tries parked deliveries again. They come to the queues in their turn: a later one that was there before them would
  /// stand before them in its file, and a restart would look for both in the order of their ids.
  func retry(_ commit: LedgerCommit, _ deliveries: [NewDelivery]) async throws(LedgerError) {
    await beginWriting()
    defer { endWriting() }
    var commit = commit
    takeReports(into: &commit)
    let receipt = try await writeInTurn(commit)
    let again = zip(receipt.unparkedDeliveries, deliveries).compactMap { id, delivery in
      id.map { CommittedDelivery(id: $0, delivery: delivery) }
    }
    if !again.isEmpty { await deliver(again) }
  }

  /// The lengths of files that are appended to for the first time, before they are.
  func record(_ marks: [PathMark]) async throws(LedgerError) {
    await beginWriting()
    defer { endWriting() }
    var commit = LedgerCommit()
    // A mark never stands before what was reported of the file earlier.
    takeReports(into: &commit)
    commit.fileMarks += marks.map(\.stored)
    _ = try await writeInTurn(commit)
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

  func takeReports(into commit: inout LedgerCommit) {
    commit.deliveriesDone += reports.deliveriesDone
    commit.deliveriesRetried += reports.deliveriesRetried
    commit.deliveriesParked += reports.deliveriesParked
    commit.fileMarks += reports.fileMarks
    reports = LedgerCommit()
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
