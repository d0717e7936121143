import Foundation
import GRDB
import Testing

@testable import Ledger

/// Ledgers of earlier versions.
struct MigrationTests {
  let scratch = try! Scratch()

  /// A ledger of the first version, with what `fill` writes.
  private func first(_ fill: (Database) throws -> Void) throws {
    _ = try StateDirectory.make(scratch.state)
    let queue = try DatabaseQueue(path: scratch.database)
    try queue.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
      try Schema.migrate(database, from: 0, to: 1)
      try fill(database)
    }
    try queue.close()
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: scratch.database)
  }

  @Test func whatWaitedGoesOn() async throws {
    try first { database in
      try database.execute(
        sql: """
          UPDATE sequence SET last = 9;
          INSERT INTO delivery (id, sink, kind, key, path, payload, created, due) VALUES
            (3, 'box.webhook', 'webhook', 'k', NULL, x'01', 5, 5), (4, 'box.file', 'append', '', 'a.txt', x'02', 5, 5);
          INSERT INTO stream VALUES ('default', '17', NULL);
          """)
    }
    let ledger = try scratch.open()
    #expect(try await ledger.streams().map(\.position) == ["17"])
    #expect(try await ledger.targets(of: "box.webhook") == [""])
    let hooks = try await ledger.pending(to: "box.webhook", at: "", due: 6, orBeyond: 1_000, limit: 9)
    #expect(hooks.deliveries.map(\.id) == [3] && hooks.last == 9)
    let files = try await ledger.pending(to: "box.file", limit: 9).deliveries
    #expect(files.map(\.id) == [4] && files[0].delivery.target.isEmpty)
    try await ledger.close()
    // It is of this version now.
    #expect(try await scratch.open().streams().count == 1)
  }

  @Test func itsParkedDeliveriesAreListedBeforeItIsOpened() async throws {
    try first { database in
      try database.execute(
        sql: """
          INSERT INTO delivery (id, sink, kind, key, payload, created, due, parked) VALUES
            (3, 'box.webhook', 'webhook', 'k', x'01', 5, 5, 7);
          """)
    }
    let reader = try #require(try scratch.reader())
    #expect(try reader.parkedDeliveries(limit: 9).map(\.id) == [3])
    try reader.close()
  }
}
