import Testing

@testable import Ledger

struct CommitTests {
  let scratch = try! Scratch()

  @Test func idsAscendAndAreNeverUsedTwice() async throws {
    let ledger = try scratch.open()
    let first = try await ledger.commit(
      LedgerCommit {
        $0.deliveries = [.example(key: "1"), .example(key: "2")]
        $0.entries = [.example()]
        $0.gaps = [NewGap(stream: "all", noticed: 1, reason: "r")]
      })
    let ids = first.deliveries + first.entries + first.gaps
    #expect(ids == ids.sorted() && Set(ids).count == 4)
    _ = try await ledger.commit(
      LedgerCommit {
        $0.deliveriesDone = first.deliveries
        $0.entriesFinished = first.entries
      })
    let again = try await scratch.reopen(ledger)
    let second = try await again.commit(LedgerCommit { $0.deliveries = [.example(key: "3")] })
    #expect(try #require(second.deliveries.first) > #require(ids.max()))
  }

  @Test func aCommitThatFindsTheDiskFullLeavesNothingAndSucceedsLater() async throws {
    let ledger = try scratch.open()
    _ = try await ledger.commit(.numbered(1))
    try await ledger.limitPages(to: 40)
    var large = LedgerCommit.numbered(2)
    large.deliveries.append(.example(payload: Array(repeating: 1, count: 400_000)))
    let commit = large
    let error = await failure { try await ledger.commit(commit) }
    #expect(error?.kind == .full)
    #expect(try await ledger.streams() == [StreamProgress(stream: "all", position: "1")])
    #expect(try await ledger.seen() == ["user": .digests(1..<2)])
    #expect(try await ledger.pending(limit: 10).deliveries.map(\.delivery.key) == ["1"])
    #expect(try await ledger.cells(of: "a.lua").map(\.value) == [Array("1".utf8)])

    try await ledger.limitPages(to: 1_000_000)
    let receipt = try await ledger.commit(commit)
    #expect(try await ledger.pending(limit: 10).deliveries.map(\.id).suffix(2) == receipt.deliveries[...])
    #expect(try await ledger.streams() == [StreamProgress(stream: "all", position: "2")])
  }

  @Test func aCommitThatMayNotWriteLeavesNothingAndSucceedsLater() async throws {
    let ledger = try scratch.open()
    _ = try await ledger.commit(.numbered(1))
    try await ledger.perform { try $0.execute(sql: "PRAGMA query_only = ON") }
    #expect(await failure { try await ledger.commit(.numbered(2)) }?.kind == .readOnly)
    try await ledger.perform { try $0.execute(sql: "PRAGMA query_only = OFF") }
    #expect(try await ledger.streams() == [StreamProgress(stream: "all", position: "1")])
    _ = try await ledger.commit(.numbered(2))
    #expect(try await ledger.streams() == [StreamProgress(stream: "all", position: "2")])
  }

  @Test func aCancelledTaskStillCommits() async throws {
    let ledger = try scratch.open()
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await ledger.commit(.numbered(1))
    }
    _ = try await task.value
    #expect(try await ledger.streams() == [StreamProgress(stream: "all", position: "1")])
  }

  @Test func idsThatAreNotThereArePassedOver() async throws {
    let ledger = try scratch.open()
    _ = try await ledger.commit(
      LedgerCommit {
        $0.deliveriesDone = [77]
        $0.deliveriesRetried = [DeliveryRetry(id: 77, attempts: 1, due: 1, error: "e")]
        $0.deliveriesParked = [DeliveryParking(id: 77, at: 1, error: "e")]
        $0.entriesFinished = [77]
        $0.entriesParked = [EntryParking(id: 77, at: 1, failures: [.example("h")])]
        $0.streams = [StreamProgress(stream: "all", position: "5")]
      })
    #expect(try await ledger.parkedEvents(limit: 1).isEmpty)
    #expect(try await ledger.streams() == [StreamProgress(stream: "all", position: "5")])
  }

  @Test func aClosedLedgerRefusesCommits() async throws {
    let ledger = try scratch.open()
    try await ledger.close()
    #expect(await failure { try await ledger.commit(.numbered(1)) }?.kind == .failed)
  }
}

extension Ledger {
  /// Makes SQLite find the disk full when the database grows beyond so many pages.
  fileprivate func limitPages(to count: Int) async throws {
    try await perform { try $0.execute(sql: "PRAGMA max_page_count = \(count)") }
  }
}
