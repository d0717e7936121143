import Foundation
import GRDB
import Testing

@testable import Ledger

struct RecognitionTests {
  let scratch = try! Scratch()

  /// Opening fails, for a watcher and for a reader, and leaves every byte as it was.
  private func expectRefusal(_ kind: LedgerError.Kind, reader: Bool = true, _ text: String = "ledger") async throws {
    let before = try scratch.contents()
    let error = await failure { try scratch.open() }
    #expect(error?.kind == kind)
    #expect(error?.message.contains(text) == true, "\(error?.message ?? "no error")")
    if reader { #expect(await failure { try scratch.reader() }?.kind == kind) }
    var after = try scratch.contents()
    after["lock"] = before["lock"]
    #expect(after == before)
  }

  /// A ledger with a WAL, as a crash leaves it.
  private func crashed() async throws -> Scratch {
    let origin = try Scratch()
    let ledger = try origin.open()
    for number in 1...50 { _ = try await ledger.commit(.numbered(number)) }
    return try origin.crashed()
  }

  @Test func aFileThatIsNoDatabase() async throws {
    try await scratch.store()
    try scratch.change("ledger.sqlite") { $0 = Data(repeating: 65, count: 5_000) }
    try await expectRefusal(.damaged, "is no SQLite database")
  }

  @Test(arguments: [0, 10, 99]) func aFileThatEndsWithinItsHeader(length: Int) async throws {
    try await scratch.store()
    try scratch.change("ledger.sqlite") { $0 = $0.prefix(length) }
    try await expectRefusal(.damaged)
  }

  @Test func aDatabaseOfAnotherProgram() async throws {
    try await scratch.store()
    try FileManager.default.removeItem(atPath: scratch.database)
    let foreign = try DatabaseQueue(path: scratch.database)
    try await foreign.write { try $0.execute(sql: "CREATE TABLE t (x)") }
    try foreign.close()
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: scratch.database)
    try await expectRefusal(.damaged, "another program")
  }

  @Test func aTruncatedDatabase() async throws {
    try await scratch.store(.numbered(1))
    try scratch.change("ledger.sqlite") { $0 = $0.prefix($0.count - 4096) }
    try await expectRefusal(.damaged)
  }

  @Test func aPageThatWasOverwritten() async throws {
    try await scratch.store(.numbered(1))
    try scratch.change("ledger.sqlite") { data in
      for offset in 4096..<8192 { data[offset] = 0xAB }
    }
    try await expectRefusal(.damaged, reader: false)
  }

  @Test func anOverwrittenPageUnderAWAL() async throws {
    let scratch = try await crashed()
    // Only pages that the WAL does not hold show: all of the first few are written again and again.
    try scratch.change("ledger.sqlite-wal") { $0 = Data() }
    try scratch.change("ledger.sqlite") { data in
      for offset in 4096..<8192 { data[offset] = 0xAB }
    }
    let before = try scratch.contents()
    #expect(await failure { try scratch.open() }?.kind == .damaged)
    #expect(try scratch.bytes("ledger.sqlite") == before["ledger.sqlite"])
  }

  @Test func aNewerLedger() async throws {
    try await scratch.store()
    try setVersion(Schema.version + 1)
    try await expectRefusal(.newer, "later version")
  }

  @Test func aLedgerWhoseNewerVersionIsOnlyInTheWAL() async throws {
    let origin = try Scratch()
    let ledger = try origin.open()
    _ = try await ledger.commit(.numbered(1))
    try await ledger.perform { try $0.execute(sql: "PRAGMA user_version = \(Schema.version + 1)") }
    let copy = try origin.crashed()
    let before = try copy.contents()
    #expect(await failure { try copy.open() }?.kind == .newer)
    #expect(await failure { try copy.reader() }?.kind == .newer)
    for name in ["ledger.sqlite", "ledger.sqlite-wal"] { #expect(try copy.bytes(name) == before[name]) }
  }

  @Test func aLedgerThatWasHalfMadeIsMadeAnew() async throws {
    _ = try StateDirectory.make(scratch.state)
    try Data(repeating: 1, count: 3).write(to: URL(fileURLWithPath: scratch.database + ".new"))
    try await scratch.store(.numbered(1))
    #expect(try scratch.names() == ["lock", "ledger.sqlite"])
  }

  @Test func aCrashWithinTheChangeOfModeIsRolledBack() async throws {
    try await scratch.store(.numbered(1))
    // A transaction in rollback mode, cut off: the journal with the old page lies beside a changed file.
    let queue = try DatabaseQueue(path: scratch.database)
    let copy = try Scratch()
    _ = try StateDirectory.make(copy.state)
    try await queue.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA cache_size = 1; BEGIN IMMEDIATE; UPDATE stream SET position = 'lost'")
      try database.execute(sql: "PRAGMA cache_spill = 1")
      try database.execute(
        sql: "INSERT INTO meta SELECT value, hex(zeroblob(2000)) FROM (WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL "
          + "SELECT value + 1 FROM n LIMIT 200) SELECT value FROM n)")
      for name in ["ledger.sqlite", "ledger.sqlite-journal"] {
        try FileManager.default.copyItem(atPath: scratch.state + "/" + name, toPath: copy.state + "/" + name)
      }
      try database.execute(sql: "ROLLBACK")
    }
    #expect(try copy.bytes("ledger.sqlite") != scratch.bytes("ledger.sqlite"))
    let ledger = try copy.open()
    #expect(try await ledger.streams() == [StreamProgress(stream: "all", position: "1")])
    #expect(try await ledger.meta().isEmpty)
  }

  private func setVersion(_ version: Int32) throws {
    let queue = try DatabaseQueue(path: scratch.database)
    try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = \(version)") }
    try queue.close()
  }
}
