import Ledger
import Testing

struct RoundTripTests {
  let scratch = try! Scratch()

  /// What is left of the commit after a new start.
  private func stored(_ fill: (inout LedgerCommit) -> Void) async throws -> Ledger {
    let ledger = try scratch.open()
    _ = try await ledger.commit(LedgerCommit(fill))
    return try await scratch.reopen(ledger)
  }

  @Test func aPositionIsTextAndStays() async throws {
    let ledger = try await stored { $0.streams = [StreamProgress(stream: "all", position: "00123456789012345678901")] }
    #expect(try await ledger.streams() == [StreamProgress(stream: "all", position: "00123456789012345678901")])
  }

  @Test func aCommitWithoutAPositionKeepsTheStoredOne() async throws {
    let ledger = try await stored { $0.streams = [StreamProgress(stream: "all", position: "7")] }
    _ = try await ledger.commit(LedgerCommit { $0.streams = [StreamProgress(stream: "all")] })
    #expect(try await ledger.streams() == [StreamProgress(stream: "all", position: "7")])
  }

  @Test func aPositionEndsTheTimeToBeginAt() async throws {
    let begin = StreamProgress(stream: "admin_logs", createdAfter: "2026-01-01T00:00:00Z")
    let ledger = try await stored { $0.streams = [begin] }
    _ = try await ledger.commit(LedgerCommit { $0.streams = [StreamProgress(stream: "admin_logs")] })
    #expect(try await ledger.streams() == [begin])
    _ = try await ledger.commit(LedgerCommit { $0.streams = [StreamProgress(stream: "admin_logs", position: "9")] })
    #expect(try await ledger.streams() == [StreamProgress(stream: "admin_logs", position: "9")])
  }

  @Test func aTimeToBeginAtTakesThePlaceOfAPosition() async throws {
    let ledger = try await stored { $0.streams = [StreamProgress(stream: "admin_logs", position: "9")] }
    let begin = StreamProgress(stream: "admin_logs", createdAfter: "2026-01-01T00:00:00Z")
    _ = try await ledger.commit(LedgerCommit { $0.streams = [begin] })
    #expect(try await ledger.streams() == [begin])
  }

  @Test func cellsOfOneRuleFileAreItsOwn() async throws {
    let ledger = try await stored {
      $0.cells = [
        CellChange(namespace: "a.lua", part: "kv", key: [0, 1], value: [0, 255, 0]),
        CellChange(namespace: "a.lua", part: "window", key: [0, 1], value: []),
        CellChange(namespace: "b.lua", part: "kv", key: [0, 1], value: [2]),
        CellChange(namespace: "a.lua", part: "kv", key: [], value: [3]),
      ]
    }
    #expect(
      try await ledger.cells(of: "a.lua") == [
        Cell(part: "kv", key: [], value: [3]), Cell(part: "kv", key: [0, 1], value: [0, 255, 0]),
        Cell(part: "window", key: [0, 1], value: []),
      ])
    #expect(try await ledger.cells(of: "b.lua") == [Cell(part: "kv", key: [0, 1], value: [2])])
  }

  @Test func aCellIsReplacedAndDeleted() async throws {
    let ledger = try await stored {
      $0.cells = [
        CellChange(namespace: "a.lua", part: "kv", key: [1], value: [1]),
        CellChange(namespace: "a.lua", part: "kv", key: [1], value: [2, 2]),
        CellChange(namespace: "a.lua", part: "kv", key: [2], value: [1]),
        CellChange(namespace: "a.lua", part: "kv", key: [2], value: nil),
      ]
    }
    #expect(try await ledger.cells(of: "a.lua") == [Cell(part: "kv", key: [1], value: [2, 2])])
  }

  @Test func deliveriesComeBackInOrderInPartsAndBySink() async throws {
    let given = (0..<5).map {
      NewDelivery.example(sink: $0 % 2 == 0 ? "slack" : "file", key: "k\($0)", path: "out/\($0)")
    }
    let ledger = try await stored { $0.deliveries = given }
    #expect(try await ledger.deliveries(limit: 10).map(\.delivery) == given)
    let first = try await ledger.deliveries(to: "slack", limit: 2)
    #expect(first.map(\.delivery) == [given[0], given[2]])
    let rest = try await ledger.deliveries(to: "slack", after: first[1].id, limit: 2)
    #expect(rest.map(\.delivery) == [given[4]])
  }

  @Test func aDeliveryIsRetriedParkedUnparkedAndDone() async throws {
    let ledger = try await stored { $0.deliveries = [.example()] }
    let id = try #require(try await ledger.deliveries(limit: 1).first?.id)

    _ = try await ledger.commit(
      LedgerCommit { $0.deliveriesRetried = [DeliveryRetry(id: id, attempts: 3, due: 9_000, error: "503")] })
    let retried = try #require(try await ledger.deliveries(limit: 1).first)
    #expect(retried.attempts == 3 && retried.delivery.due == 9_000 && retried.error == "503")

    _ = try await ledger.commit(
      LedgerCommit { $0.deliveriesParked = [DeliveryParking(id: id, at: 10_000, error: "404")] })
    #expect(try await ledger.deliveries(limit: 1).isEmpty)
    let parked = try #require(try await ledger.parkedDeliveries(limit: 1).first)
    #expect(parked.parkedAt == 10_000 && parked.error == "404" && parked.attempts == 3)

    let receipt = try await ledger.commit(
      LedgerCommit {
        $0.deliveries = [.example(key: "meanwhile")]
        $0.deliveriesUnparked = [DueAgain(id: id, due: 11_000), DueAgain(id: 999, due: 11_000)]
      })
    #expect(try await ledger.parkedDeliveries(limit: 1).isEmpty)
    // At the end: a file has what is delivered to it in the order of the ids.
    let again = try #require(try await ledger.deliveries(limit: 2).last)
    #expect(receipt.unparkedDeliveries == [again.id, nil])
    #expect(again.id > id && again.attempts == 0 && again.delivery.due == 11_000 && again.error == nil)
    // Where its time of attempts begins, also after the next failure.
    #expect(again.delivery.createdAt == 11_000)

    _ = try await ledger.commit(LedgerCommit { $0.deliveriesDone = [again.id] + receipt.deliveries })
    #expect(try await ledger.deliveries(limit: 1).isEmpty)
  }

  @Test func fileMarksKeepTheWholeInodeNumber() async throws {
    let marks = [
      StoredFileMark(path: "a.csv", file: .max, length: 1 << 40), StoredFileMark(path: "b.csv", file: nil, length: 0),
    ]
    let ledger = try await stored { $0.fileMarks = marks }
    #expect(try await ledger.fileMarks() == marks)
    _ = try await ledger.commit(LedgerCommit { $0.fileMarksForgotten = ["a.csv"] })
    #expect(try await ledger.fileMarks() == [marks[1]])
  }

  @Test func quarantineIsSetAndCleared() async throws {
    let quarantine = [
      Quarantine(handler: "a.lua:3", since: 1, reason: "budget"), Quarantine(handler: "b.lua:1", since: 2, reason: ""),
    ]
    let ledger = try await stored { $0.quarantined = quarantine }
    #expect(try await ledger.quarantined() == quarantine)
    _ = try await ledger.commit(LedgerCommit { $0.released = ["a.lua:3"] })
    #expect(try await ledger.quarantined() == [quarantine[1]])
  }

  @Test func aGapIsNoticedAndFilled() async throws {
    let gap = NewGap(stream: "all", noticed: 5, from: "10", to: nil, reason: "position expired")
    let ledger = try await stored { $0.gaps = [gap] }
    let id = try #require(try await ledger.gaps().first?.id)
    #expect(try await ledger.gaps().map(\.gap) == [gap])
    _ = try await ledger.commit(LedgerCommit { $0.gapsFilled = [id] })
    #expect(try await ledger.gaps().first?.gap.filled == true)
  }

  @Test func metaIsSetAndDeleted() async throws {
    let ledger = try await stored { $0.meta = [MetaChange(key: "a", value: ""), MetaChange(key: "b", value: "x\0y")] }
    #expect(try await ledger.meta() == ["a": "", "b": "x\0y"])
    _ = try await ledger.commit(LedgerCommit { $0.meta = [MetaChange(key: "a", value: nil)] })
    #expect(try await ledger.meta() == ["b": "x\0y"])
  }
}
