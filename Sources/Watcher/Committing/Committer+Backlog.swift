import BoxClient
import Ledger
import RuleEngine

extension Committer {
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
    counters.backlogEvents += commit.entriesFinished.count
  }

  func retry(_ event: UnfinishedEvent, _ entry: BacklogEntry, in commit: inout LedgerCommit) {
    let now = WallClock.now.milliseconds
    let first = entry.entry.firstFailure ?? now
    let attempts = event.attempt - 1
    guard let failure = event.failure, failure.fate == .retried else { return }
    // A call that was cancelled is not the event's fault: it goes on at once, and what failed before is still known.
    let isCancelled = failure.failure.kind == .cancelled
    if now - first >= Self.longestRetry, !isCancelled {
      commit.entriesParked.append(
        EntryParking(id: entry.id, at: now, failures: event.handlers.map { Self.stored(failure, handler: $0) }))
      counters.parked += 1
      return
    }
    counters.retried += 1
    let pause: Int64 = isCancelled ? 0 : min(300_000, 1000 << Int64(min(attempts - 1, 9)))
    commit.entriesUpdated.append(
      BacklogUpdate(
        id: entry.id, handlers: event.handlers, attempts: attempts, due: now + pause,
        error: isCancelled ? entry.entry.error : failure.failure.message,
        firstFailure: isCancelled ? entry.entry.firstFailure : first))
  }

  /// How long what fails for a passing reason is tried again, in milliseconds.
  static let longestRetry: Int64 = 24 * 3600 * 1000
}
