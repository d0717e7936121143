import BoxClient
import Ledger
import RuleEngine

// Entries of a page that are no JSON objects reach no handler: they are parked, so that nothing of them is lost.
extension Committer {
  /// Parks the malformed entries of a page with its commit, for no rule.
  func park(malformedOf page: Page, in commit: inout LedgerCommit) {
    guard let first = page.malformed.first else { return }
    let entries = page.page.events.entries
    let now = WallClock.now.milliseconds
    for index in page.malformed {
      let cause = Cause(event: entries[index], stream: page.stream, isReplayed: page.isReplayed)
      commit.eventsParked.append(
        NewParkedEvent(
          namespace: "", event: cause.event, failure: .malformed(entries[index].flaw?.rawValue ?? ""), attempts: 0,
          parkedAt: now))
    }
    counters.parked += page.malformed.count
    let name = entries[first].id.map { "event \($0)" } ?? "entry \(first + 1) of \(entries.count)"
    logger.warning(
      "stream \(page.stream): \(Count.text(page.malformed.count, "malformed event")) of a page \(isDryRun ? "would be parked" : "parked"), the first \(name): \(entries[first].flaw?.rawValue ?? ""); boxwatch parked list has the texts"
    )
  }

  /// Parks the first entry of a file's backlog, whose text is no event.
  func park(malformed entry: BacklogEntry, of file: RuleFile, because reason: String) async throws(LedgerError) {
    var commit = LedgerCommit()
    let handlers = entry.entry.handlers.isEmpty ? [entry.entry.namespace] : entry.entry.handlers
    commit.entriesParked = [
      EntryParking(
        id: entry.id, at: WallClock.now.milliseconds, failures: handlers.map { .malformed(reason, for: $0) })
    ]
    try await write(commit)
    await file.backlogGrew(by: -1)
    counters.parked += handlers.count
    logger.error(
      "backlog of \(entry.entry.namespace): a malformed event of stream \(entry.entry.event.stream) is parked: \(reason)"
    )
  }
}

extension HandlerFailure {
  private static let malformed = "malformed"

  /// - Parameter handler: empty for what no handler has got.
  static func malformed(_ message: String, for handler: String = "") -> HandlerFailure {
    HandlerFailure(handler: handler, reason: malformed, message: message)
  }

  /// Whether no handler can take the event, however often it is tried.
  var isMalformed: Bool { reason == Self.malformed }
}
