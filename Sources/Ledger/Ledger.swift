import GRDB
import Synchronization
import Threads

/// boxwatch's durable state: an SQLite database in WAL mode, written by one connection on a thread of its own.
///
/// A commit is one transaction, and survives the process whatever ends it. Reads go through the same thread, so that they
/// see every commit that was made before them.
public final class Ledger: Sendable {
  /// What survives when a commit has returned.
  public enum Durability: Sendable, Hashable {
    /// The end of the process. When the machine stops, the last commits may be lost, the later before the earlier.
    case process
    /// The end of the machine too: each commit waits for the disk.
    case power
  }

  public struct Options: Sendable, Hashable {
    public var durability = Durability.process
    /// Ids of events that are kept for each feed.
    public var seenPerFeed = 250_000
    /// Ids that all feeds share; 5,000 for each are kept in any case.
    public var seenInAll = 1_000_000
    /// The feeds that share them; nil for all that the ledger has ids of.
    public var feeds: Set<String>?

    public init() {}
  }

  /// The right to write, for as long as the ledger is open.
  public let lock: StateLock
  /// The database file's path.
  public let path: String
  /// Where commits are made: a task that prefers it commits without waking another thread. Every commit waits for what
  /// else runs there, and that may be more than it seems: what comes behind an `await` of an actor that such tasks call,
  /// too.
  public var executor: any TaskExecutor { thread }

  private let thread = WorkerThread(name: "ledger")
  let writer: DatabaseQueue
  let log: WriteAheadLog
  private let pruning: Mutex<SeenPruning>

  /// Opens the ledger of the directory, and makes one where there is none.
  ///
  /// A file that is damaged, foreign or newer is recognised before anything is written; it and its `-wal` stay byte for
  /// byte as they were.
  ///
  /// - Throws: `damaged`, `newer`, `exposed`, `cannotCreate`, `full`, `readOnly`, `busy`, `failed`.
  public init(_ lock: StateLock, options: Options = Options()) throws(LedgerError) {
    let file = DatabaseFile(directory: lock.directory)
    if try !file.exists() { try file.make() }
    let isRecognised = try file.recognise()
    self.lock = lock
    path = file.path
    do {
      writer = try Self.openWriter(file, isRecognised: isRecognised, durability: options.durability)
      log = try WriteAheadLog(of: writer)
      pruning = Mutex(try writer.read { try SeenPruning($0, options: options) })
    } catch {
      throw .sqlite(error, file.path)
    }
  }

  private static func openWriter(
    _ file: DatabaseFile, isRecognised: Bool, durability: Durability
  ) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.label = "boxwatch.ledger"
    configuration.busyMode = .timeout(Double(WriteAheadLog.busyTimeout) / 1000)
    configuration.foreignKeysEnabled = false
    let queue = try DatabaseQueue(path: file.path, configuration: configuration)
    try queue.writeWithoutTransaction { database in
      if !isRecognised { try file.check(database) }
      let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
      guard mode == "wal" else {
        throw LedgerError(
          .failed, "\(file.path) cannot be shared with readers: its file system has no shared memory",
          advice: "name a directory on a local disk with --state")
      }
      // Zeros over what is deleted only where that writes no further page; Debian's SQLite would do it everywhere.
      try database.execute(sql: "PRAGMA secure_delete = FAST")
      try database.execute(sql: "PRAGMA synchronous = \(durability == .power ? "FULL" : "NORMAL")")
      let version = try Int32.fetchOne(database, sql: "PRAGMA user_version") ?? 0
      if version < Schema.version {
        try database.inTransaction(.immediate) {
          try Schema.migrate(database, from: version)
          return .commit
        }
      }
    }
    return queue
  }

  /// Stores all of the commit, or, when it throws, nothing.
  ///
  /// A task that is cancelled meanwhile does not stop it: a page in hand is finished.
  ///
  /// - Throws: `full`, `readOnly` or `busy` where the same commit may succeed later; `damaged`, `failed`.
  public func commit(_ commit: LedgerCommit) async throws(LedgerError) -> LedgerReceipt {
    try await perform { [self] database in
      try pruning.withLock { pruning in
        // Valid only if the transaction is.
        var next = pruning
        var receipt = LedgerReceipt()
        try database.inTransaction(.immediate) {
          receipt = try commit.write(to: database, &next)
          return .commit
        }
        pruning = next
        return receipt
      }
    }
  }

  /// Bytes in the WAL that no checkpoint has moved into the database yet.
  public var walBytes: Int { log.bytes }

  /// Moves the WAL into the database. To be called between commits, when `walBytes` has grown to some megabytes: it is
  /// never done within one.
  ///
  /// What a reader still needs is left for the next time. A WAL of more than 64 MiB is cut off when all of it has been
  /// moved.
  public func checkpoint() async throws(LedgerError) {
    try await perform { [log] in try log.checkpoint($0) }
  }

  /// Runs `body` on the ledger's thread with the connection.
  func perform<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(LedgerError) -> Value {
    let result: Result<Value, LedgerError> = await withTaskExecutorPreference(thread) {
      // Not through GRDB's `async` functions, which roll back when the task is cancelled.
      writer.writeWithoutTransaction { database in
        do {
          return .success(try body(database))
        } catch {
          return .failure(.sqlite(error, path, database))
        }
      }
    }
    return try result.get()
  }

  /// Closes the file, with everything in it and nothing beside it, unless a reader is just at it.
  ///
  /// Later calls throw `failed`, but for `checkpoint`, which finds nothing to do. The lock goes when the last reference
  /// to it does.
  public func close() async throws(LedgerError) {
    do {
      try await perform { [log] database in
        // A reader that is at the file keeps it in WAL mode; the next start copes with that as after a crash.
        try? database.execute(sql: "PRAGMA journal_mode = DELETE")
        // Before the connection is closed: a checkpoint may be waiting for this thread.
        log.end()
      }
      try writer.close()
    } catch {
      throw .sqlite(error, path)
    }
    lock.release()
  }
}
