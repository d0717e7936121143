import BoxClient
import Foundation
import Ledger
import Testing

@testable import Watcher

@Suite("Parked events and deliveries without a watcher", .timeLimit(.minutes(1)))
struct ControlParkedTests {
  /// A ledger with two parked events of different rules, a parked delivery and a pending one.
  private struct Parked {
    let directory: StateDirectory
    let ledger: Ledger
    let events: [Int64]
    let delivery: Int64
    let pending: Int64

    static func with(_ body: (Parked) async throws -> Void) async throws {
      let path = FileManager.default.temporaryDirectory.appendingPathComponent("boxwatch-\(UUID().uuidString)").path
      let directory = try StateDirectory.make(path)
      defer { try? FileManager.default.removeItem(atPath: path) }
      let ledger = try Ledger(try StateLock(directory))
      var commit = LedgerCommit()
      commit.eventsParked = ["a/first", "b/second"].map { handler in
        NewParkedEvent(
          namespace: String(handler.prefix(1)),
          event: StoredEvent(stream: "all", id: "e", type: "ITEM_UPLOAD", text: Array(#"{"x":1}"#.utf8)),
          failure: HandlerFailure(handler: handler, reason: "runtime", message: "broken", traceback: "a.lua:1"),
          parkedAt: 5000)
      }
      commit.deliveries = ["slack", "mail"].map {
        NewDelivery(sink: $0, kind: "alert", key: $0, rule: "a/first", payload: [1], createdAt: 1000, due: 1000)
      }
      commit.quarantined = [Quarantine(handler: "a/first", since: 1, reason: "r")]
      let receipt = try await ledger.commit(commit)
      var parking = LedgerCommit()
      parking.deliveriesParked = [DeliveryParking(id: receipt.deliveries[0], at: 6000, error: "404")]
      _ = try await ledger.commit(parking)
      try await body(
        Parked(
          directory: directory, ledger: ledger, events: receipt.parkedEvents, delivery: receipt.deliveries[0],
          pending: receipt.deliveries[1]))
      try await ledger.close()
    }

    func selected(_ selection: ParkedSelection) throws -> [ParkedItem] {
      let reader = try #require(try LedgerReader.open(directory))
      var items: [ParkedItem] = []
      try selection.forEach(in: reader) { items.append($0) }
      try reader.close()
      return items
    }
  }

  @Test("a retried event is in its rule's backlog for the handler that failed, which gets another chance")
  func retryEvent() async throws {
    try await Parked.with { parked in
      let outcome = try await parked.ledger.retryParked([parked.events[0]])
      #expect((outcome.events, outcome.deliveries) == (1, 0))
      let entries = try await parked.ledger.entries(of: "a", limit: 10)
      #expect(entries.map(\.entry.handlers) == [["a/first"]])
      #expect(try await parked.ledger.quarantined().isEmpty)
      #expect(try parked.selected(.all).map(\.id) == [parked.events[1], parked.delivery])
    }
  }

  @Test("a retried delivery is pending again, behind what is there, with no attempt counted")
  func retryDelivery() async throws {
    try await Parked.with { parked in
      let outcome = try await parked.ledger.retryParked([parked.delivery])
      #expect((outcome.events, outcome.deliveries) == (0, 1))
      let deliveries = try await parked.ledger.pending(limit: 10).deliveries
      #expect(deliveries.first?.id == parked.pending && deliveries.count == 2)
      let again = try #require(deliveries.last)
      #expect(again.id > parked.pending && again.attempts == 0)
    }
  }

  @Test("what is dropped is gone; what is not parked is never dropped")
  func drop() async throws {
    try await Parked.with { parked in
      let outcome = try await parked.ledger.dropParked([parked.events[1], parked.delivery, parked.pending, 999])
      #expect((outcome.events, outcome.deliveries) == (1, 1))
      #expect(outcome.unknown == [parked.pending, 999])
      #expect(try parked.selected(.all).map(\.id) == [parked.events[0]])
      #expect(try await parked.ledger.pending(limit: 10).deliveries.map(\.id) == [parked.pending])
    }
  }

  @Test("a second retry of the same finds nothing")
  func twice() async throws {
    try await Parked.with { parked in
      _ = try await parked.ledger.retryParked(parked.events)
      let outcome = try await parked.ledger.retryParked(parked.events)
      #expect(outcome.events == 0)
      #expect(outcome.unknown == parked.events)
      #expect(try await parked.ledger.entries(of: "a", limit: 10).count == 1)
    }
  }

  @Test("a selection takes ids, a rule file or one handler")
  func selection() async throws {
    try await Parked.with { parked async throws in
      #expect(try parked.selected(.all).map(\.id) == parked.events + [parked.delivery])
      #expect(try parked.selected(.rule("a")).map(\.id) == [parked.events[0], parked.delivery])
      #expect(try parked.selected(.rule("b/second")).map(\.id) == [parked.events[1]])
      #expect(try parked.selected(.rule("second")).isEmpty)
      #expect(try parked.selected(.ids([parked.delivery, 999])).map(\.id) == [parked.delivery])
    }
  }

  @Test("more than a part of them is read through")
  func many() async throws {
    try await Parked.with { parked in
      var commit = LedgerCommit()
      commit.eventsParked = (0..<250).map { _ in
        NewParkedEvent(
          namespace: "c", event: StoredEvent(stream: "all", id: nil, type: "T", text: []),
          failure: HandlerFailure(handler: "c/x", reason: "runtime", message: "m"), parkedAt: 1)
      }
      let receipt = try await parked.ledger.commit(commit)
      #expect(try parked.selected(.rule("c")).map(\.id) == receipt.parkedEvents)
    }
  }

  @Test("a report of the ledger alone says what is known and leaves the rest out")
  func storedReport() async throws {
    try await Parked.with { parked in
      let report = try #require(try StatusReport.stored(in: parked.directory))
      #expect(!report.running)
      #expect((report.parkedEvents, report.parkedDeliveries) == (2, 1))
      #expect(report.rules.map(\.namespace) == ["a", "b"])
      #expect(report.sinks.map(\.name) == ["mail", "slack"])
      #expect(report.sinks.map(\.pending) == [1, 0])
      #expect(report.quarantined.map(\.handler) == ["a/first"])
      let json = String(decoding: try ControlCoding.encode(report), as: UTF8.self)
      #expect(!json.contains("process") && !json.contains("counters") && !json.contains("null"))
      #expect(try ControlCoding.decode(StatusReport.self, from: Array(json.utf8)) == report)
    }
  }
}
