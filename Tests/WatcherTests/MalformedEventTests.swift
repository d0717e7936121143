import BoxClient
import BoxSimulator
import Ledger
import Testing

@testable import Watcher

@Suite("Malformed events", .timeLimit(.minutes(2)))
struct MalformedEventTests {
  private static let listing =
    #"box.on("*", function(e) box.file.append("seen.txt", tostring(e.event_id) .. "\n") end)"#

  /// A comma too many, an entry that is no object, and a name with half a surrogate pair, which harms nobody.
  private static let replacements = [
    (#""event_id":"a2","#, #""event_id":"a2",,"#), (#""name":"a3""#, #""name":"a3"},null,{"event_id":"a5""#),
    (#""name":"a4""#, #""name":"\ud800""#),
  ]

  private static func once(_ account: WatchedAccount) async throws {
    try await account.once {
      $0.streams[0].client = try! BoxClient(
        apiURL: account.address, tokens: TokenKeeper(DeveloperToken(Secret("t0ken-of-the-account"))),
        transport: RewritingTransport(transport: account.transport, replacements: replacements),
        budget: CallBudget(callsPerMinute: 0), logger: account.log.logger)
    }
  }

  private static func parked(_ account: WatchedAccount) throws -> [ParkedItem] {
    let directory = try #require(try StateDirectory.find(account.folder + "/state"))
    let reader = try #require(try LedgerReader.open(directory))
    var items: [ParkedItem] = []
    try ParkedSelection.all.forEach(in: reader) { items.append($0) }
    try reader.close()
    return items
  }

  @Test("reach no handler and are parked with their texts, once; those around them are handled")
  func page() async throws {
    try await WatchedAccount.with { account in
      _ = try account.simulator.append(
        (1...4).map { #"{"event_id":"a\#($0)","event_type":"ITEM_UPLOAD","name":"a\#($0)"}"# })
      try account.rule("list", Self.listing)
      for _ in 1...2 {
        try await Self.once(account)
        #expect(account.lines("seen.txt") == ["a1", "a3", "a5", "a4"])
        let parked = try Self.parked(account)
        #expect(parked.map(\.eventId) == ["a2", nil])
        #expect(parked.map(\.stream) == ["default", "default"])
        #expect(parked.map(\.error) == ["not valid JSON", "not a JSON object"])
        #expect(parked.allSatisfy { $0.reason == "malformed" && $0.rule == nil && $0.attempts == 0 })
        #expect(parked.first?.event?.contains(#""event_id":"a2",,"#) == true)
        #expect(parked.last?.event == "null")
      }
      let warnings = account.log.all.filter { $0.contains("malformed") }
      #expect(warnings.count == 1)
      #expect(
        warnings.first?.contains("2 malformed events of a page parked, the first event a2: not valid JSON") == true)
      let directory = try #require(try StateDirectory.find(account.folder + "/state"))
      let report = try #require(try StatusReport.stored(in: directory))
      #expect(report.parkedEvents == 2)
      #expect(report.rules.isEmpty)
    }
  }

  @Test("are not tried again on request, and can be dropped", arguments: [true, false])
  func retry(isRunning: Bool) async throws {
    try await WatchedAccount.with { account in
      _ = try account.simulator.append(
        (1...4).map { #"{"event_id":"a\#($0)","event_type":"ITEM_UPLOAD","name":"a\#($0)"}"# })
      try account.rule("list", Self.listing)
      try await Self.once(account)
      let ids = try Self.parked(account).map(\.id)
      func check(_ change: (ControlRequest.Command) async throws -> ParkedOutcome) async throws {
        let outcome = try await change(.retry)
        #expect((outcome.events, outcome.malformed) == (0, ids))
        #expect(try Self.parked(account).map(\.id) == ids)
        #expect(try await change(.drop).events == 2)
        #expect(try Self.parked(account).isEmpty)
      }
      let directory = try #require(try StateDirectory.find(account.folder + "/state"))
      guard isRunning else {
        return try await check { command in
          let ledger = try Ledger(try StateLock(directory))
          let outcome =
            command == .retry ? try await ledger.retryParked(ids) : try await ledger.dropParked(ids)
          try await ledger.close()
          return outcome
        }
      }
      try await account.watching { watcher in
        try await eventually("a start") { watcher.current != nil }
        try await check { command in
          guard case .parked(let outcome) = await watcher.answer(ControlRequest(command, ids: ids)) else {
            Issue.record("no outcome")
            return ParkedOutcome()
          }
          return outcome
        }
      }
    }
  }

  @Test("in a backlog are parked, and those behind them are handled")
  func backlog() async throws {
    try await WatchedAccount.with { account in
      let ledger = try Ledger(try StateLock(try StateDirectory.make(account.folder + "/state")))
      var commit = LedgerCommit()
      commit.entries = [#"{"event_id":"b1"}"#, "null", #"{"event_id":"b2",,"x":1}"#, #"{"event_id":"b3"}"#].map {
        NewBacklogEntry(
          namespace: "list", event: StoredEvent(stream: "default", id: nil, type: "", text: Array($0.utf8)), due: 0)
      }
      _ = try await ledger.commit(commit)
      try await ledger.close()
      try account.rule("list", Self.listing)
      try await account.once()
      #expect(account.lines("seen.txt") == ["b1", "b3"])
      let parked = try Self.parked(account)
      #expect(parked.map(\.event) == ["null", #"{"event_id":"b2",,"x":1}"#])
      #expect(parked.allSatisfy { $0.reason == "malformed" && $0.namespace == "list" })
    }
  }
}
