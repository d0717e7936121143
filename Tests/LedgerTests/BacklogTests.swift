import Ledger
import Testing

struct BacklogTests {
  let scratch = try! Scratch()

  @Test func entriesComeBackInOrderAndByRuleFile() async throws {
    let given = (0..<5).map {
      NewBacklogEntry.example(
        namespace: $0 == 2 ? "b.lua" : "a.lua", handlers: Array(["h,1:", "", "é\n"].prefix($0)),
        id: $0 == 0 ? nil : "e\($0)")
    }
    let ledger = try scratch.open()
    let ids = try await ledger.commit(LedgerCommit { $0.entries = given }).entries
    let first = try await ledger.entries(of: "a.lua", limit: 2)
    #expect(first.map(\.entry) == [given[0], given[1]])
    #expect(first.map(\.id) == [ids[0], ids[1]])
    let rest = try await ledger.entries(of: "a.lua", after: first[1].id, limit: 10)
    #expect(rest.map(\.entry) == [given[3], given[4]])
    #expect(try await ledger.counts().entries == ["a.lua": 4, "b.lua": 1])
  }

  @Test func anUpdatedEntryKeepsItsPlaceAndItsEvent() async throws {
    let ledger = try scratch.open()
    let ids = try await ledger.commit(LedgerCommit { $0.entries = [.example(id: "e1"), .example(id: "e2")] }).entries
    let update = BacklogUpdate(
      id: ids[0], handlers: ["h2"], attempts: 2, due: 9_000, error: "no answer", firstFailure: 4_000)
    _ = try await ledger.commit(LedgerCommit { $0.entriesUpdated = [update] })
    let entries = try await ledger.entries(of: "a.lua", limit: 10)
    #expect(entries.map(\.id) == ids)
    var expected = NewBacklogEntry.example(handlers: ["h2"], id: "e1")
    expected.attempts = 2
    expected.due = 9_000
    expected.error = "no answer"
    expected.firstFailure = 4_000
    #expect(entries[0].entry == expected)
  }

  @Test func aFinishedEntryIsGone() async throws {
    let ledger = try scratch.open()
    let ids = try await ledger.commit(LedgerCommit { $0.entries = [.example(id: "e1"), .example(id: "e2")] }).entries
    _ = try await ledger.commit(LedgerCommit { $0.entriesFinished = [ids[0]] })
    #expect(try await ledger.entries(of: "a.lua", limit: 10).map(\.id) == [ids[1]])
  }

  @Test func aParkedEntryLeavesOneRowForEachHandler() async throws {
    let ledger = try scratch.open()
    var entry = NewBacklogEntry.example()
    entry.attempts = 3
    entry.firstFailure = 4_000
    let id = try await ledger.commit(LedgerCommit { $0.entries = [entry] }).entries[0]
    let failures = [HandlerFailure.example("h1"), HandlerFailure(handler: "h2", reason: "memory", message: "")]
    let receipt = try await ledger.commit(
      LedgerCommit { $0.entriesParked = [EntryParking(id: id, at: 8_000, failures: failures)] })
    let parked = try await ledger.parkedEvents(limit: 10)
    #expect(parked.map(\.id) == receipt.parkedEvents)
    #expect(
      parked.map(\.parked)
        == failures.map {
          NewParkedEvent(
            namespace: "a.lua", event: .example(), failure: $0, attempts: 3, firstFailure: 4_000, parkedAt: 8_000)
        })
    #expect(try await ledger.entries(of: "a.lua", limit: 10).isEmpty)
  }

  @Test func anEntryThatOtherHandlersWaitForStaysWhenOneIsParked() async throws {
    let ledger = try scratch.open()
    let id = try await ledger.commit(LedgerCommit { $0.entries = [.example(handlers: ["h1", "h2"])] }).entries[0]
    _ = try await ledger.commit(
      LedgerCommit {
        $0.entriesUpdated = [BacklogUpdate(id: id, handlers: ["h2"], attempts: 0, due: 0)]
        $0.entriesParked = [EntryParking(id: id, at: 8_000, failures: [.example("h1")], keepsEntry: true)]
      })
    #expect(try await ledger.entries(of: "a.lua", limit: 10).map(\.entry.handlers) == [["h2"]])
    #expect(try await ledger.parkedEvents(limit: 10).map(\.parked.failure.handler) == ["h1"])
  }

  @Test func aRetriedEventGoesToTheEndOfTheBacklogForTheHandlerThatFailed() async throws {
    let ledger = try scratch.open()
    let event = NewParkedEvent(namespace: "a.lua", event: .example(id: "old"), failure: .example("h1"), parkedAt: 1)
    let parked = try await ledger.commit(LedgerCommit { $0.eventsParked = [event] }).parkedEvents[0]
    _ = try await ledger.commit(LedgerCommit { $0.entries = [.example(id: "new")] })
    let receipt = try await ledger.commit(
      LedgerCommit { $0.eventsRetried = [DueAgain(id: parked, due: 7), DueAgain(id: 999, due: 7)] })
    let entries = try await ledger.entries(of: "a.lua", limit: 10)
    #expect(entries.map(\.entry.event.id) == ["new", "old"])
    #expect(entries[1].entry == NewBacklogEntry(namespace: "a.lua", handlers: ["h1"], event: event.event, due: 7))
    #expect(receipt.retriedEntries == [entries[1].id, nil])
    #expect(try await ledger.parkedEvents(limit: 10).isEmpty)
  }

  @Test func aDroppedEventIsGone() async throws {
    let ledger = try scratch.open()
    let events = ["e1", "e2"].map {
      NewParkedEvent(namespace: "a.lua", event: .example(id: $0), failure: .example("h"), parkedAt: 1)
    }
    let ids = try await ledger.commit(LedgerCommit { $0.eventsParked = events }).parkedEvents
    _ = try await ledger.commit(LedgerCommit { $0.eventsDropped = [ids[0]] })
    #expect(try await ledger.parkedEvents(limit: 10).map(\.parked) == [events[1]])
    #expect(try await ledger.parkedEvents(after: ids[1], limit: 10).isEmpty)
  }
}
