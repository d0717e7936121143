import GRDB

/// The ledger for reading, beside a running watcher or without one.
///
/// It takes no lock and writes nothing. After a clean end, the database is one file in rollback mode, and nothing comes
/// to lie beside it. Beside a watcher it uses the `-wal` and `-shm` that are there. After a crash those two are left
/// over; SQLite then rebuilds the index in `-shm`, and the database and its `-wal` stay as they are.
public struct LedgerReader: Sendable {
  private let file: DatabaseFile
  private let connection: DatabaseQueue

  /// - Returns: nil when the directory has no ledger.
  /// - Throws: `damaged`, `newer`, `exposed`, `busy`, `failed`.
  public static func open(_ directory: StateDirectory) throws(LedgerError) -> LedgerReader? {
    let file = DatabaseFile(directory: directory)
    guard try file.exists() else { return nil }
    let reader = LedgerReader(file: file, connection: try file.reader())
    try reader.read { try file.checkVersion($0) }
    return reader
  }

  /// What `status` shows, all of one moment.
  public struct Overview: Sendable, Hashable {
    public let streams: [StreamProgress]
    public let counts: LedgerCounts
    public let quarantined: [Quarantine]
    public let gaps: [Gap]
  }

  public func overview() throws(LedgerError) -> Overview {
    try read {
      Overview(
        streams: try StreamProgress.all($0), counts: try LedgerCounts($0), quarantined: try Quarantine.all($0),
        gaps: try Gap.all($0))
    }
  }

  /// - Parameter id: the last one of the part before, 0 for the first part.
  public func parkedEvents(after id: Int64 = 0, limit: Int) throws(LedgerError) -> [ParkedEvent] {
    try read { try ParkedEvent.all($0, after: id, limit: limit) }
  }

  /// - Parameter id: the last one of the part before, 0 for the first part.
  public func parkedDeliveries(after id: Int64 = 0, limit: Int) throws(LedgerError) -> [StoredDelivery] {
    try read { try StoredDelivery.parked($0, after: id, limit: limit, knowsTargets: false) }
  }

  public func close() throws(LedgerError) {
    do {
      try connection.close()
    } catch {
      throw .sqlite(error, file.path)
    }
  }

  func read<Value>(_ body: (Database) throws -> Value) throws(LedgerError) -> Value {
    do {
      // A transaction: what it reads is of one moment, and the watcher's log can be cut again when it has ended.
      return try connection.read(body)
    } catch {
      throw .sqlite(error, file.path)
    }
  }
}
