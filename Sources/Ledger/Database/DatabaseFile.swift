import GRDB

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The ledger's file, before it is opened for writing.
///
/// After a clean end the file is in SQLite's rollback mode: one file, which a reader can open without making others
/// beside it. While a watcher writes, and after a crash, its header says WAL, and `-wal` and `-shm` lie beside it.
struct DatabaseFile {
  static let name = "ledger.sqlite"

  let directory: StateDirectory

  var path: String { directory.file(Self.name) }

  func exists() throws(LedgerError) -> Bool { try directory.holds(Self.name) }

  // MARK: - Recognising

  /// Reads the file's header, then the whole file read-only: nothing is written to it or to its `-wal`.
  ///
  /// The pages are checked at every start, after a clean end too: a disk does not ask how the program ended, and what
  /// is found later is found after the first write. It costs about 0.3 s for each 100 MB.
  ///
  /// - Returns: false when the check must wait for a connection that may write. A crash in the very moment in which the
  ///   file changed its mode leaves a rollback journal, and SQLite reads nothing before that is carried out.
  /// - Throws: `damaged`, `newer`, `failed`.
  func recognise() throws(LedgerError) -> Bool {
    let header = try header()
    try check(applicationID: header.applicationID)
    try check(version: header.version)
    do {
      let queue = try reader(header)
      try queue.inDatabase { try check($0) }
      try queue.close()
      return true
    } catch let error as DatabaseError where error.extendedResultCode == .SQLITE_READONLY_ROLLBACK {
      return false
    } catch {
      throw .sqlite(error, path)
    }
  }

  /// Checks version and pages.
  func check(_ database: Database) throws {
    try checkVersion(database)
    let fault = try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? "ok"
    // SQLite puts a heading before what it found.
    if fault != "ok" { throw damaged("is damaged: \(fault.split(separator: "\n").last ?? "")") }
  }

  /// The header that lies in the WAL may be a later one than the file's.
  func checkVersion(_ database: Database) throws {
    try check(version: Int32.fetchOne(database, sql: "PRAGMA user_version") ?? 0)
  }

  /// A connection that writes to none of the files.
  func reader() throws(LedgerError) -> DatabaseQueue {
    let header = try header()
    try check(applicationID: header.applicationID)
    do {
      return try reader(header)
    } catch {
      throw .sqlite(error, path)
    }
  }

  private func reader(_ header: DatabaseHeader) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(5)
    // A file in WAL mode without a WAL beside it is one that nobody has open; SQLite would make both files for it.
    let immutable = header.isWAL && access(path + "-wal", F_OK) != 0
    return try DatabaseQueue(path: immutable ? uri + "?immutable=1" : path, configuration: configuration)
  }

  private func check(applicationID: Int32) throws(LedgerError) {
    guard applicationID == Schema.applicationID else {
      throw damaged("is an SQLite database of another program")
    }
  }

  private func check(version: Int32) throws(LedgerError) {
    guard version <= Schema.version else {
      throw LedgerError(
        .newer, "\(path) was written by a later version of the program (schema \(version), known to \(Schema.version))",
        advice: LedgerError.Kind.newer.advice(path))
    }
  }

  private func damaged(_ what: String) -> LedgerError {
    LedgerError(.damaged, "\(path) \(what)", advice: LedgerError.Kind.damaged.advice(path))
  }

  private func header() throws(LedgerError) -> DatabaseHeader {
    guard let bytes = DatabaseHeader.beginning(of: uri) else {
      throw .system(access(path, R_OK) == 0 ? EIO : errno, path, "cannot be opened")
    }
    guard let header = DatabaseHeader(bytes) else { throw damaged("is no SQLite database") }
    return header
  }

  /// The path as SQLite's URI, which carries parameters.
  private var uri: String {
    var uri = "file:"
    // Two slashes at the start would name a host.
    if path.hasPrefix("//") { uri += "//" }
    for scalar in path.unicodeScalars {
      switch scalar {
      case "%": uri += "%25"
      case "?": uri += "%3F"
      case "#": uri += "%23"
      default: uri.unicodeScalars.append(scalar)
      }
    }
    return uri
  }

  // MARK: - Making

  /// Makes an empty ledger under another name and renames it: a file of this name is always a whole one.
  func make() throws(LedgerError) {
    let draft = path + ".new"
    for leftover in [draft, draft + "-journal"] { unlink(leftover) }
    // SQLite would make it with the modes that the umask leaves; its files beside this one take over its mode.
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .system(errno, draft, "cannot be made", otherwise: .cannotCreate) }
    close(descriptor)
    do {
      let queue = try DatabaseQueue(path: draft)
      try queue.write { database in
        try database.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
        try Schema.migrate(database, from: 0)
      }
      try queue.close()
    } catch {
      throw .sqlite(error, draft)
    }
    guard rename(draft, path) == 0 else { throw .system(errno, path, "cannot be made", otherwise: .cannotCreate) }
  }
}
