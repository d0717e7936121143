import BoxClient
import Delivery
import Foundation
import Ledger
import RuleEngine
import Testing

@testable import Watcher

@Suite("Asking a running watcher", .timeLimit(.minutes(2)))
struct ControlWatcherTests {
  private static let upload = #"{"event_id":"e1","event_type":"ITEM_UPLOAD"}"#
  private static let nothing = "box.on('upload', function() end)"

  @Test("status names the streams, the rules, the sinks and what was done")
  func status() async throws {
    try await WatchedAccount.with { account in
      try account.rule("a", "box.on('upload', function() box.alert('seen') end)")
      try await account.watching {
        $0.options.version = "1.2.3"
      } _: { watcher in
        _ = try account.simulator.append([Self.upload])
        let report = try await watcher.reporting {
          $0.counters?.lastDelivery != nil && $0.streams.first?.events == 1
        }
        #expect(report.running)
        #expect(report.version == "1.2.3")
        #expect(report.process == getpid())
        #expect(report.streams.map(\.name) == ["default"])
        #expect(report.streams.map(\.events) == [1])
        #expect(report.streams.first?.position?.isEmpty == false)
        #expect(report.rules.map(\.path) == [account.folder + "/rules/a.lua"])
        #expect(report.rules.map(\.handlers) == [1])
        #expect(report.sinks.map(\.name).contains("box.file"))
        #expect(report.counters?.events == 1)
        #expect(report.counters?.alerts == 1)
        #expect(report.parkedEvents == 0)
        let line = try ControlCoding.encode(ControlAnswer.status(report))
        let decoded = try ControlCoding.decode(ControlAnswer.self, from: line)
        #expect(decoded == .status(report))
      }
    }
  }

  @Test("the socket answers while the watcher runs, and nobody does after it")
  func socket() async throws {
    try await WatchedAccount.with { account in
      try account.rule("a", Self.nothing)
      let directory = try StateDirectory.make(account.folder + "/state")
      try await account.watching { _ in
        try await eventually("an answer") {
          guard case .status(let report) = try await ControlClient(directory).ask(ControlRequest(.status)) else {
            return false
          }
          return report.running
        }
      }
      let answer = try await ControlClient(directory).ask(ControlRequest(.status))
      #expect(answer == nil)
    }
  }

  @Test("an event that is tried again goes through its mended rule, once")
  func retryEvent() async throws {
    try await WatchedAccount.with { account in
      try account.rule("a", "box.on('upload', function() error('broken') end)")
      try await account.watching { watcher in
        _ = try account.simulator.append([Self.upload])
        try await watcher.reporting { $0.parkedEvents == 1 && $0.rules.first?.parked == 1 }
        let item = try #require(try account.parked().first)
        #expect(item.error.contains("broken"))
        #expect(item.event?.contains(#""event_id":"e1""#) == true)

        try account.rule("a", "box.on('upload', function(e) box.file.append('done.txt', e.event_id .. '\\n') end)")
        watcher.reload()
        try await eventually("a reload") { account.log.contains("reloaded: changed") }
        let outcome = try await watcher.outcome(of: ControlRequest(.retry, ids: [item.id]))
        #expect(outcome.events == 1)
        try await eventually("the event's effect") { account.output("done.txt") == "e1\n" }
        try await watcher.reporting { $0.rules.first?.backlog == 0 && $0.parkedEvents == 0 }
        // The rule is on the fast way again.
        for file in watcher.current?.crew.engine.files ?? [] {
          #expect(file.backlog == 0)
        }
      }
    }
  }

  @Test("a handler that was set aside is called again when its events are tried again")
  func retryQuarantined() async throws {
    try await WatchedAccount.with { account in
      try account.rule("a", "box.on('upload', function(e) box.file.append('done.txt', e.event_id) end)")
      try await account.fill { ledger in
        var commit = LedgerCommit()
        commit.quarantined = [
          Quarantine(
            handler: "a/upload#1", since: WallClock.now.milliseconds + 1000, reason: "test")
        ]
        commit.eventsParked = [.example("a", handler: "a/upload#1")]
        _ = try await ledger.commit(commit)
      }
      try await account.watching { watcher in
        try await watcher.reporting { $0.rules.first?.quarantined == 1 && $0.quarantined.count == 1 }
        _ = try await watcher.outcome(of: ControlRequest(.retry, ids: try account.parked().map(\.id)))
        try await watcher.reporting { $0.rules.first?.quarantined == 0 && $0.quarantined.isEmpty }
        try await eventually("the event's effect") { account.output("done.txt") == "p1" }
      }
    }
  }

  @Test("a delivery that is tried again is made, behind later ones too; one of a sink that is gone stays parked")
  func retryDelivery() async throws {
    try await WatchedAccount.with { account in
      try account.rule("a", Self.nothing)
      try await account.fill { ledger in
        var commit = LedgerCommit()
        commit.deliveries = [("box.file", "late"), ("gone", "lost"), ("box.file", "first")].map { sink, name in
          let payload = DeliveryPayload.append(
            path: name + ".txt", bytes: Array(name.utf8), rotation: nil, header: nil)
          return NewDelivery(
            sink: sink, kind: "append", key: name, payload: payload.encode(), createdAt: 1, due: 1)
        }
        let ids = try await ledger.commit(commit).deliveries
        commit = LedgerCommit()
        commit.deliveriesParked = ids.prefix(2).map { DeliveryParking(id: $0, at: 1, error: "refused") }
        _ = try await ledger.commit(commit)
      }
      try await account.watching { watcher in
        try await eventually("the delivery that was pending") { account.output("first.txt") == "first" }
        let outcome = try await watcher.outcome(of: ControlRequest(.retry, ids: try account.parked().map(\.id)))
        #expect(outcome.deliveries == 1)
        #expect(outcome.missing == ["gone"])
        try await eventually("the delivery that was parked") { account.output("late.txt") == "late" }
        let left = try account.parked().map(\.sink)
        #expect(left == ["gone"])
      }
    }
  }

  @Test("an event of a rule file that is not loaded stays parked; what is dropped is gone")
  func missingRule() async throws {
    try await WatchedAccount.with { account in
      try account.rule("a", Self.nothing)
      try await account.fill { ledger in
        var commit = LedgerCommit()
        commit.eventsParked = [.example("gone", handler: "gone/x")]
        _ = try await ledger.commit(commit)
      }
      try await account.watching { watcher in
        let report = try await watcher.reporting { $0.running }
        #expect(report.rules.map(\.namespace) == ["a", "gone"])
        #expect(report.rules.map(\.parked) == [0, 1])
        let ids = try account.parked().map(\.id)
        let retried = try await watcher.outcome(of: ControlRequest(.retry, ids: ids))
        #expect(retried.events == 0)
        #expect(retried.missing == ["gone"])
        let dropped = try await watcher.outcome(of: ControlRequest(.drop, ids: ids))
        #expect(dropped.events == 1)
        #expect(try account.parked().isEmpty)
      }
    }
  }

  @Test("a rule that computes does not hold status up, and is told as busy")
  func busyRule() async throws {
    try await WatchedAccount.with { account in
      try account.rule("a", "box.on('upload', function() while true do end end)")
      try await account.watching {
        $0.options.cpu = .seconds(4)
      } _: { watcher in
        _ = try account.simulator.append([Self.upload])
        let report = try await watcher.reporting { $0.rules.first?.busy == true }
        #expect(report.rules.first?.path == account.folder + "/rules/a.lua")
        #expect(report.rules.first?.handlers == nil)
      }
    }
  }

  @Test("before it runs, a watcher says that it cannot answer")
  func notRunning() async throws {
    try await WatchedAccount.with { account in
      let watcher = Watcher(try account.configuration(), logger: account.log.logger)
      let answer = await watcher.answer(ControlRequest(.status))
      #expect(answer == .error("the watcher is just starting or ending"))
    }
  }
}

extension Watcher {
  /// Waits for a report that says so.
  @discardableResult
  fileprivate func reporting(
    sourceLocation: SourceLocation = #_sourceLocation, _ isThere: (StatusReport) -> Bool
  ) async throws -> StatusReport {
    var last: StatusReport?
    try await eventually("a report", sourceLocation: sourceLocation) {
      guard case .status(let report) = await answer(ControlRequest(.status)) else { return false }
      last = report
      return isThere(report)
    }
    return try #require(last, sourceLocation: sourceLocation)
  }

  fileprivate func outcome(of request: ControlRequest) async throws -> ParkedOutcome {
    let answer = await answer(request)
    guard case .parked(let outcome) = answer else { throw Unexpected(answer: answer) }
    return outcome
  }

  private struct Unexpected: Error { let answer: ControlAnswer }
}

extension WatchedAccount {
  /// Writes into the ledger before a watcher has it.
  fileprivate func fill(_ body: (Ledger) async throws -> Void) async throws {
    let ledger = try Ledger(try StateLock(try StateDirectory.make(folder + "/state")))
    try await body(ledger)
    try await ledger.close()
  }

  /// What is parked, read beside the watcher.
  fileprivate func parked() throws -> [ParkedItem] {
    let directory = try StateDirectory.make(folder + "/state")
    let reader = try #require(try LedgerReader.open(directory))
    var items: [ParkedItem] = []
    try ParkedSelection.all.forEach(in: reader) { items.append($0) }
    try reader.close()
    return items
  }
}

extension NewParkedEvent {
  fileprivate static func example(_ namespace: String, handler: String) -> NewParkedEvent {
    NewParkedEvent(
      namespace: namespace,
      event: StoredEvent(
        stream: "default", id: "p1", type: "ITEM_UPLOAD",
        text: Array(#"{"event_id":"p1","event_type":"ITEM_UPLOAD"}"#.utf8)),
      failure: HandlerFailure(handler: handler, reason: "runtime", message: "m"), parkedAt: 1)
  }
}
