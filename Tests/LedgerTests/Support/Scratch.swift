import Foundation
import Testing

@testable import Ledger

/// A state directory of a test's own, removed at the end of its life.
final class Scratch: Sendable {
  let root: String

  var state: String { root + "/state" }
  var database: String { state + "/ledger.sqlite" }

  init() throws {
    var template = Array((NSTemporaryDirectory() + "/ledger-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else { throw POSIXError(.EIO) }
    root = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  func open(_ options: Ledger.Options = .init()) throws -> Ledger {
    try Ledger(StateLock(StateDirectory.make(state)), options: options)
  }

  /// Closes the ledger and opens it again, as a new start does.
  func reopen(_ ledger: consuming Ledger) async throws -> Ledger {
    try await ledger.close()
    return try Ledger(ledger.lock)
  }

  /// The ledger with everything that `commit` stores, closed again.
  func store(_ commit: LedgerCommit = .init()) async throws {
    let ledger = try open()
    _ = try await ledger.commit(commit)
    try await ledger.close()
  }

  func reader() throws -> LedgerReader? { try StateDirectory.find(state).flatMap { try LedgerReader.open($0) } }

  func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: state + "/" + name)) }

  func names() throws -> Set<String> { Set(try FileManager.default.contentsOfDirectory(atPath: state)) }

  /// Every file's bytes, those of `-shm` aside: an index that SQLite makes anew.
  func contents() throws -> [String: Data] {
    var contents: [String: Data] = [:]
    for name in try names() where !name.hasSuffix("-shm") { contents[name] = try bytes(name) }
    return contents
  }

  func mode(_ path: String) throws -> Int {
    try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
  }

  func change(_ name: String, _ body: (inout Data) -> Void) throws {
    var data = try bytes(name)
    body(&data)
    // In place: a new file would have a mode of its own.
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: state + "/" + name))
    try handle.truncate(atOffset: 0)
    try handle.write(contentsOf: data)
    try handle.close()
  }

  /// A copy of database and WAL in another state directory, as a crash of this moment would leave them.
  func crashed() throws -> Scratch {
    let copy = try Scratch()
    _ = try StateDirectory.make(copy.state)
    for name in ["ledger.sqlite", "ledger.sqlite-wal"] {
      try FileManager.default.copyItem(atPath: state + "/" + name, toPath: copy.state + "/" + name)
    }
    return copy
  }
}

/// The error of the ledger that `body` throws; nil when it throws none.
func failure<Value>(_ body: () async throws -> Value) async -> LedgerError? {
  do {
    _ = try await body()
    return nil
  } catch let error as LedgerError {
    return error
  } catch {
    Issue.record(error)
    return nil
  }
}
