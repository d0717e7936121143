import Delivery
import Foundation
import Ledger
import Logging
import RuleEngine
import Synchronization
import Testing

@testable import Watcher

@Suite("The committer", .timeLimit(.minutes(1)))
struct CommitterTests {
  private static func with(
    deliver: @escaping @Sendable ([CommittedDelivery]) async -> Void = { _ in },
    _ body: (Committer) async throws -> Void
  ) async throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("boxwatch-\(UUID().uuidString)").path
    let directory = try StateDirectory.make(path)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let ledger = try Ledger(try StateLock(directory))
    let router = EffectRouter(routing: AlertRouting(standard: []), fileSinks: [:])
    try await body(
      Committer(
        ledger: ledger, router: router, shared: CommittedSharedStore(cells: []), isDryRun: false,
        logger: Logger(label: "silent", factory: { _ in SwiftLogNoOpLogHandler() }), deliver: deliver,
        failed: { _ in }))
    try await ledger.close()
  }

  private static func cell(_ part: String, bytes: Int) -> LedgerCommit {
    var commit = LedgerCommit()
    commit.cells = [
      CellChange(namespace: "n", part: part, key: [1], value: [UInt8](repeating: 7, count: bytes))
    ]
    return commit
  }

  private static var position: LedgerCommit {
    var commit = LedgerCommit()
    commit.streams = [StreamProgress(stream: "default", position: "2")]
    return commit
  }

  @Test("after a commit that failed for good no other is made, however well it would go")
  func broken() async throws {
    try await Self.with { committer in
      try await committer.ledger.refuseCells(of: "bad")
      await #expect(throws: LedgerError.self) { try await committer.write(Self.cell("bad", bytes: 1)) }
      await #expect(throws: LedgerError.self) { try await committer.write(Self.position) }
      #expect(try await committer.ledger.streams().isEmpty)
    }
  }

  @Test("no file's mark is stored behind a commit that failed")
  func reports() async throws {
    try await Self.with { committer in
      try await committer.ledger.refuseCells(of: "bad")
      await #expect(throws: LedgerError.self) { try await committer.write(Self.cell("bad", bytes: 1)) }
      await #expect(throws: LedgerError.self) {
        try await committer.record([PathMark(path: "a", mark: FileMark(file: nil, length: 1))])
      }
      #expect(try await committer.ledger.fileMarks().isEmpty)
    }
  }

  @Test("a full disk is waited for")
  func fullDisk() async throws {
    try await Self.with { committer in
      try await committer.ledger.takeRoom()
      let written = Task { try await committer.write(Self.cell("kv", bytes: 1 << 20)) }
      try await eventually("a commit that waits") { await committer.counters.trouble != nil }
      try await committer.ledger.giveRoom()
      _ = try await written.value
      #expect(await committer.counters.trouble == nil)
      #expect(try await committer.ledger.cells(of: "n").count == 1)
    }
  }

  @Test("the end is not put off by a pause that began before it")
  func endInPause() async throws {
    try await Self.with { committer in
      await committer.pause(for: .seconds(120))
      try await committer.ledger.takeRoom()
      let written = Task { try await committer.write(Self.cell("kv", bytes: 1 << 20)) }
      try await eventually("a pause") { await committer.sleeper != nil }
      await committer.end(by: .now)
      await #expect(throws: LedgerError.self) { try await written.value }
    }
  }

  @Test("deliveries that are tried again go to their queues under the ids that they have now")
  func retry() async throws {
    let delivered = Mutex<[Int64]>([])
    let deliver = { @Sendable (new: [CommittedDelivery]) in delivered.withLock { $0 += new.map(\.id) } }
    try await Self.with(deliver: deliver) { committer in
      let delivery = NewDelivery(sink: "box.file", kind: "append", key: "", payload: [1], createdAt: 1, due: 1)
      var commit = LedgerCommit()
      commit.deliveries = [delivery, delivery]
      let ids = try await committer.write(commit).deliveries
      commit = LedgerCommit()
      commit.deliveriesParked = [DeliveryParking(id: ids[0], at: 2, error: "refused")]
      try await committer.write(commit)

      commit = LedgerCommit()
      commit.deliveriesUnparked = [DueAgain(id: ids[0], due: 3), DueAgain(id: ids[1], due: 3)]
      try await committer.retry(commit, [delivery, delivery])
      let stored = try await committer.ledger.pending(limit: 3).deliveries.map(\.id)
      #expect(stored.first == ids[1] && stored.count == 2)
      #expect(delivered.withLock { $0 } == [stored.last])
    }
  }

  @Test("the ledger's log stays short while commits wait for their turn")
  func log() async throws {
    try await Self.with { committer in
      try await withThrowingTaskGroup(of: Int.self) { group in
        for number in 0..<24 {
          group.addTask {
            try await committer.write(Self.cell("kv\(number)", bytes: 1 << 20))
            return await committer.ledger.walBytes
          }
        }
        for try await bytes in group { #expect(bytes < 10 << 20) }
      }
    }
  }

  @Test("a long log is moved before another commit would have to wait for it")
  func logAtRest() async throws {
    try await Self.with { committer in
      for number in 0..<5 { try await committer.write(Self.cell("kv\(number)", bytes: 1 << 20)) }
      try await eventually("an empty log") { await committer.ledger.walBytes == 0 }
    }
  }
}

extension Committer {
  fileprivate func pause(for duration: Duration) { pause = duration }
}
