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
    #expect(try await ledger.pending(limit: 10).deliveries.map(\.delivery) == given)
    let first = try await ledger.pending(to: "slack", limit: 2).deliveries
    #expect(first.map(\.delivery) == [given[0], given[2]])
    let rest = try await ledger.pending(to: "slack", after: first[1].id, limit: 2).deliveries
    #expect(rest.map(\.delivery) == [given[4]])
  }

  @Test func deliveriesToOneFileComeInOrder() async throws {
    let paths: [String?] = ["a", "b", nil, "a", "c", "a"]
    let ledger = try await stored { $0.deliveries = paths.map { .example(sink: "file", path: $0) } }
    let own = try await ledger.pending(to: "file", into: "a", limit: 9)
    #expect(own.deliveries.map(\.delivery.path) == ["a", "a", "a"] && own.isAll)
    #expect(try await own.last == ledger.lastID())
    let rest = try await ledger.pending(to: "file", into: "a", after: own.deliveries[0].id, limit: 1)
    #expect(rest.deliveries == [own.deliveries[1]] && !rest.isAll)
  }

  @Test func deliveriesToOnePlaceComeWhenTheyAreDueTheEarliestFirst() async throws {
    let ledger = try await stored {
      $0.deliveries =
        [9, 3, 70, 5].map { .example(sink: "hook", key: "\($0)", target: "one", due: $0) }
        + [.example(sink: "hook", target: "other"), .example(sink: "hook", target: "")]
    }
    let ids = try await ledger.pending(limit: 9).deliveries.map(\.id)
    func due(_ now: Int64, limit: Int = 9) async throws -> PendingDeliveries {
      try await ledger.pending(to: "hook", at: "one", due: now, orBeyond: now + 1_000, limit: limit)
    }
    // Without a failed attempt nothing has put them off but the clock.
    #expect(try await due(4).deliveries.map(\.delivery.key) == ["3", "9", "70", "5"])
    let part = try await due(4, limit: 2)
    #expect(part.deliveries.map(\.delivery.key) == ["3", "5"] && !part.isAll && part.nextDue == nil)
    #expect(try await part.last == ledger.lastID())

    _ = try await ledger.commit(
      LedgerCommit {
        $0.deliveriesRetried = [
          DeliveryRetry(id: ids[0], attempts: 1, due: 600, error: "503"),
          DeliveryRetry(id: ids[1], attempts: 2, due: 500, error: "503"),
          DeliveryRetry(id: ids[2], attempts: 2, due: 99_999, error: "503"),
        ]
      })
    let now = try await due(100)
    #expect(now.deliveries.map(\.delivery.key) == ["5", "70"] && now.nextDue == 500 && now.isAll)
    #expect(try await due(500).deliveries.map(\.delivery.key) == ["5", "3", "70"])
    #expect(try await due(99_999).nextDue == nil)
    #expect(try await ledger.targets(of: "hook") == ["", "one", "other"])
  }

  @Test func aDeliveryIsRetriedParkedUnparkedAndDone() async throws {
    let ledger = try await stored { $0.deliveries = [.example()] }
    let id = try #require(try await ledger.pending(limit: 1).deliveries.first?.id)

    _ = try await ledger.commit(
      LedgerCommit { $0.deliveriesRetried = [DeliveryRetry(id: id, attempts: 3, due: 9_000, error: "503")] })
    let retried = try #require(try await ledger.pending(limit: 1).deliveries.first)
    #expect(retried.attempts == 3 && retried.delivery.due == 9_000 && retried.error == "503")

    _ = try await ledger.commit(
      LedgerCommit { $0.deliveriesParked = [DeliveryParking(id: id, at: 10_000, error: "404")] })
    #expect(try await ledger.pending(limit: 1).deliveries.isEmpty)
    let parked = try #require(try await ledger.parkedDeliveries(limit: 1).first)
    #expect(parked.parkedAt == 10_000 && parked.error == "404" && parked.attempts == 3)

    let receipt = try await ledger.commit(
      LedgerCommit {
        $0.deliveries = [.example(key: "meanwhile")]
        $0.deliveriesUnparked = [DueAgain(id: id, due: 11_000), DueAgain(id: 999, due: 11_000)]
      })
    #expect(try await ledger.parkedDeliveries(limit: 1).isEmpty)
    // At the end: a file has what is delivered to it in the order of the ids.
    let again = try #require(try await ledger.pending(limit: 2).deliveries.last)
    #expect(receipt.unparkedDeliveries == [again.id, nil])
    #expect(again.id > id && again.attempts == 0 && again.delivery.due == 11_000 && again.error == nil)
    // Where its time of attempts begins, also after the next failure.
    #expect(again.delivery.createdAt == 11_000)

    _ = try await ledger.commit(LedgerCommit { $0.deliveriesDone = [again.id] + receipt.deliveries })
    #expect(try await ledger.pending(limit: 1).deliveries.isEmpty)
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
