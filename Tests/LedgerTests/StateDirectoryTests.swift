import Foundation
import Ledger
import Testing

struct StateDirectoryTests {
  let scratch = try! Scratch()

  @Test func itIsMadeWithTheOnesAboveItForItsOwnerAlone() throws {
    _ = try StateDirectory.make(scratch.root + "/a/b")
    #expect(try scratch.mode(scratch.root + "/a") == 0o700)
    #expect(try scratch.mode(scratch.root + "/a/b") == 0o700)
  }

  @Test func findingMakesNothing() throws {
    #expect(try StateDirectory.find(scratch.state) == nil)
    #expect(!FileManager.default.fileExists(atPath: scratch.state))
  }

  @Test func everyFileInItIsForItsOwnerAlone() async throws {
    let ledger = try scratch.open()
    _ = try await ledger.commit(.numbered(1))
    let names = try scratch.names()
    #expect(names == ["lock", "ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm"])
    for name in names { #expect(try scratch.mode(scratch.state + "/" + name) == 0o600) }
  }

  @Test(arguments: [0o750, 0o701, 0o777]) func aWiderDirectoryIsRefused(mode: Int) async throws {
    try FileManager.default.createDirectory(atPath: scratch.state, withIntermediateDirectories: false)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: scratch.state)
    let error = await failure { try StateDirectory.make(scratch.state) }
    #expect(error?.kind == .exposed)
    #expect(
      error?.description
        == "\(scratch.state) has mode \(String(mode, radix: 8)): others may read tokens and events; "
        + "chmod 700 \(scratch.state) (in a systemd unit: StateDirectoryMode=0700)")
    #expect(try scratch.mode(scratch.state) == mode)
  }

  @Test func aWiderLedgerIsRefused() async throws {
    try await scratch.store()
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: scratch.database)
    let error = await failure { try scratch.open() }
    #expect(error?.kind == .exposed)
    #expect(error?.advice == "chmod 600 \(scratch.database)")
  }

  @Test(.enabled(if: geteuid() == 0)) func someoneElsesDirectoryIsRefused() async throws {
    _ = try StateDirectory.make(scratch.state)
    #expect(chown(scratch.state, 65_534, 65_534) == 0)
    let error = await failure { try StateDirectory.make(scratch.state) }
    #expect(error?.kind == .exposed)
    #expect(error?.message.contains("belongs to user 65534") == true)
  }

  @Test func aDirectoryThatCannotBeMadeIsAnErrorOfItsOwn() async throws {
    try Data().write(to: URL(fileURLWithPath: scratch.root + "/file"))
    for path in ["/file", "/file/state"] {
      #expect(await failure { try StateDirectory.make(scratch.root + path) }?.kind == .cannotCreate)
    }
  }

  @Test func aSecondLockNamesTheHolder() async throws {
    let directory = try StateDirectory.make(scratch.state)
    let lock = try StateLock(directory)
    let error = await failure { try StateLock(directory) }
    #expect(error?.kind == .held)
    #expect(error?.message == "\(scratch.state) is held by process \(getpid())")
    withExtendedLifetime(lock) {}
  }

  @Test func aLockThatWasLetGoCanBeTakenAgain() throws {
    let directory = try StateDirectory.make(scratch.state)
    _ = try StateLock(directory)
    _ = try StateLock(directory)
  }
}
