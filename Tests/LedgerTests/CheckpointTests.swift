import Dispatch
import GRDB
import Testing

@testable import Ledger

struct CheckpointTests {
  let scratch = try! Scratch()

  @Test func commitsGoToTheWALAloneUntilTheCheckpoint() async throws {
    let ledger = try scratch.open()
    let before = try scratch.bytes("ledger.sqlite")
    for number in 1...400 { _ = try await ledger.commit(.numbered(number)) }
    #expect(try scratch.bytes("ledger.sqlite") == before)
    #expect(ledger.walBytes > 4 << 20)
    try await ledger.checkpoint()
    #expect(ledger.walBytes == 0)
    #expect(try scratch.bytes("ledger.sqlite").count > 1 << 20)
  }

  @Test func theNextCommitsWriteOverWhatWasMoved() async throws {
    let ledger = try scratch.open()
    for number in 1...100 { _ = try await ledger.commit(.numbered(number)) }
    let size = try scratch.bytes("ledger.sqlite-wal").count
    try await ledger.checkpoint()
    for number in 101...150 { _ = try await ledger.commit(.numbered(number)) }
    #expect(try scratch.bytes("ledger.sqlite-wal").count == size)
    #expect(ledger.walBytes > 0 && ledger.walBytes < size)
    #expect(try await ledger.pending(limit: 1_000).deliveries.count == 150)
  }

  @Test func aLargeWALIsCutOff() async throws {
    let ledger = try scratch.open()
    for number in 0..<33 {
      let payload = Array(repeating: UInt8(number), count: 2 << 20)
      _ = try await ledger.commit(LedgerCommit { $0.deliveries = [.example(key: String(number), payload: payload)] })
    }
    #expect(ledger.walBytes > 64 << 20)
    try await ledger.checkpoint()
    #expect(try scratch.bytes("ledger.sqlite-wal").isEmpty)
    _ = try await ledger.commit(.numbered(1))
    #expect(try await ledger.counts().deliveries == ["slack": 34])
  }

  @Test func aReaderKeepsALargeWALFromBeingCutOffAndNothingElse() async throws {
    let ledger = try scratch.open()
    let reader = try #require(try scratch.reader())
    for number in 0..<33 {
      let payload = Array(repeating: UInt8(number), count: 2 << 20)
      _ = try await ledger.commit(LedgerCommit { $0.deliveries = [.example(key: String(number), payload: payload)] })
    }
    let moved = DispatchSemaphore(value: 0)
    try reader.read { database in
      try database.execute(sql: "SELECT count(*) FROM delivery")
      Task {
        try await ledger.checkpoint()
        moved.signal()
      }
      #expect(moved.wait(timeout: .now() + 60) == .success)
    }
    #expect(ledger.walBytes == 0)
    #expect(try scratch.bytes("ledger.sqlite-wal").count > 64 << 20)
    _ = try await ledger.commit(.numbered(1))
    #expect(try await ledger.counts().deliveries == ["slack": 34])
  }

  @Test func aCleanEndLeavesOneFile() async throws {
    try await scratch.store(.numbered(1))
    #expect(try scratch.names() == ["lock", "ledger.sqlite"])
    let ledger = try scratch.open()
    #expect(try await ledger.streams().first?.position == "1")
  }

  @Test func askedForBesideCommitsItLosesNone() async throws {
    let ledger = try scratch.open()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { for number in 1...200 { _ = try await ledger.commit(.numbered(number)) } }
      group.addTask { for _ in 1...50 { try await ledger.checkpoint() } }
      try await group.waitForAll()
    }
    try await ledger.close()
    // From the file alone, which is checked as it is opened.
    let again = try scratch.open()
    #expect(try await again.pending(limit: 1_000).deliveries.count == 200)
  }

  @Test func nothingIsLeftToMoveOnceItIsClosed() async throws {
    let ledger = try scratch.open()
    for number in 1...10 { _ = try await ledger.commit(.numbered(number)) }
    try await ledger.close()
    #expect(ledger.walBytes == 0)
    try await ledger.checkpoint()
    #expect(try scratch.names() == ["lock", "ledger.sqlite"])
  }
}
