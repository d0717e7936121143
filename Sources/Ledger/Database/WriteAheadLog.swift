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

/// The WAL's growth, and how it is moved into the database.
///
/// Left to itself SQLite does so within a commit, for every thousandth page and at that commit's expense
/// (`wal_autocheckpoint`). Here it is done between two commits.
final class WriteAheadLog: Sendable {
  /// Bytes of the file above which it is cut off once all of it has been moved. Below, SQLite writes over it.
  static let limit = 64 << 20

  private let path: String
  private let pageSize: Int
  private let frames = Atomic(0)

  /// - Parameter writer: the connection that commits. It must not outlive this object.
  init(of writer: DatabaseQueue) throws {
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
  var bytes: Int { frames.load(ordering: .relaxed) * (pageSize + Self.frameHeader) }

  /// Bytes of a frame before its page (https://www.sqlite.org/fileformat.html, section 4.1).
  private static let frameHeader = 24

  /// Whoever closes the database moves what is left.
  func end() { frames.store(0, ordering: .relaxed) }

  /// Moves what can be moved; a reader may hold back the rest.
  ///
  /// - Parameter database: the writer's connection. Between two of one connection nobody commits, so that what SQLite
  ///   before 3.51.3 can lose where a commit meets the second of two checkpoints is not lost here
  ///   (https://www.sqlite.org/wal.html#walresetbug).
  func checkpoint(_ database: Database) throws {
    guard bytes > 0 else { return }
    let log = try database.checkpoint(.passive)
    guard log.checkpointedFrameCount == log.walFrameCount else { return }
    frames.store(0, ordering: .relaxed)
    var status = stat()
    guard stat(path, &status) == 0, status.st_size > Self.limit else { return }
    // A reader that is in the way is not waited for: the next checkpoint does what this one leaves.
    sqlite3_busy_timeout(database.sqliteConnection, 0)
    defer { sqlite3_busy_timeout(database.sqliteConnection, Self.busyTimeout) }
    do {
      _ = try database.checkpoint(.truncate)
    } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
      return
    }
  }

  /// Milliseconds for which the writer waits for a reader, who holds the file for moments only.
  static let busyTimeout: CInt = 5000
}
