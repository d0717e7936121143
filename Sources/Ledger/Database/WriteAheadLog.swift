import GRDB
import GRDBSQLite
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The WAL's growth, and the connection that moves it into the database.
///
/// Left to itself SQLite does so within a commit, for every thousandth page and at that commit's expense
/// (`wal_autocheckpoint`). Here it is done between two commits, and on their thread: see `Ledger.checkpoint`.
final class WriteAheadLog: Sendable {
  /// Bytes of the file above which it is cut off once all of it has been moved. Below, SQLite writes over it.
  static let limit = 64 << 20

  let connection: DatabaseQueue
  private let path: String
  private let pageSize: Int
  private let frames = Atomic(0)
  private let isClosed = Atomic(false)

  /// - Parameter writer: the connection that commits. It must not outlive this object.
  init(of writer: DatabaseQueue) throws {
    var configuration = Configuration()
    configuration.label = "boxwatch.ledger.checkpoint"
    // A reader that is in the way: the next checkpoint does what this one leaves.
    configuration.busyMode = .immediateError
    connection = try DatabaseQueue(path: writer.path, configuration: configuration)
    // What it moved is on the disk before the log begins anew, whatever SQLite was built with.
    try connection.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
    path = writer.path + "-wal"
    pageSize = try writer.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA page_size") ?? 4096 }
    try writer.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA wal_autocheckpoint = 0")
      sqlite3_wal_hook(
        database.sqliteConnection,
        { log, _, _, frames in
          Unmanaged<WriteAheadLog>.fromOpaque(log!).takeUnretainedValue().frames.store(
            Int(frames), ordering: .relaxed)
          return SQLITE_OK
        }, Unmanaged.passUnretained(self).toOpaque())
    }
  }

  /// Bytes in the WAL that a checkpoint has not moved yet.
  var bytes: Int {
    isClosed.load(ordering: .relaxed) ? 0 : frames.load(ordering: .relaxed) * (pageSize + Self.frameHeader)
  }

  /// Bytes of a frame before its page (https://www.sqlite.org/fileformat.html, section 4.1).
  private static let frameHeader = 24

  /// Whoever closes the ledger moves what is left.
  func close() throws {
    isClosed.store(true, ordering: .relaxed)
    try connection.close()
  }

  /// Moves what can be moved; a reader may hold back the rest.
  func checkpoint(_ database: Database) throws {
    // The connection's queue runs this before it closes it, or after, and then there is no connection any more.
    if isClosed.load(ordering: .relaxed) { return }
    let log = try database.checkpoint(.passive)
    guard log.checkpointedFrameCount == log.walFrameCount else { return }
    frames.store(0, ordering: .relaxed)
    var status = stat()
    guard stat(path, &status) == 0, status.st_size > Self.limit else { return }
    do {
      _ = try database.checkpoint(.truncate)
    } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
      return
    }
  }
}
