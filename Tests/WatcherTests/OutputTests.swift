import Delivery
import Foundation
import Ledger
import Testing

@testable import Watcher

@Suite("Below which folder the outbox writes")
struct OutputTests {
  @Test("another folder is taken where nothing waits, and refused where writes wait for the one before")
  func folders() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("output-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let (one, other) = (try OutputDirectory(path: folder + "/one"), try OutputDirectory(path: folder + "/other"))
    let ledger = try Ledger(StateLock(StateDirectory.make(folder + "/state")))
    try await ledger.takeOutput(one)
    try await ledger.takeOutput(other)
    try await ledger.takeOutput(one)
    var commit = LedgerCommit()
    commit.deliveries = [
      NewDelivery(
        sink: EffectRouter.files, kind: "append", key: "", rule: "a", path: "x.txt", payload: [], createdAt: 1, due: 1)
    ]
    let receipt = try await ledger.commit(commit)
    try await ledger.takeOutput(one)
    await #expect(throws: WatcherError.self) { try await ledger.takeOutput(other) }
    commit = LedgerCommit()
    commit.deliveriesDone = receipt.deliveries
    _ = try await ledger.commit(commit)
    try await ledger.takeOutput(other)
    try await ledger.close()
  }
}
