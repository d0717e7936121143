import GRDB
import GRDBSQLite

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension LedgerError {
  /// What a system call reports about a file of the state.
  /// - Parameter kind: for errors that are neither a full disk nor a read-only one.
  static func system(_ code: CInt, _ path: String, _ what: String, otherwise kind: Kind = .failed) -> LedgerError {
    let kind = Kind(errno: code) ?? kind
    return LedgerError(kind, "\(path) \(what): \(String(cString: strerror(code)))", advice: kind.advice(path))
  }

  /// What SQLite reports. The text names neither the statement nor its values: they may be secret.
  /// - Parameter database: the connection that reported it, for the system's own error number; nil when it did not open.
  static func sqlite(_ error: any Error, _ path: String, _ database: Database? = nil) -> LedgerError {
    if let error = error as? LedgerError { return error }
    guard let error = error as? DatabaseError else {
      return LedgerError(.failed, "\(path): \(error)", advice: Kind.failed.advice(path))
    }
    let system = database?.sqliteConnection.map { sqlite3_system_errno($0) } ?? 0
    let kind = Kind(sqlite: error.extendedResultCode, errno: system)
    var text = error.message ?? String(cString: sqlite3_errstr(error.extendedResultCode.rawValue))
    if system != 0, [.SQLITE_IOERR, .SQLITE_CANTOPEN].contains(error.resultCode) {
      text += ", \(String(cString: strerror(system)))"
    }
    let code = error.extendedResultCode.rawValue
    return LedgerError(kind, "\(path): \(text) (SQLite code \(code))", advice: kind.advice(path))
  }
}

extension LedgerError.Kind {
  fileprivate init?(errno code: CInt) {
    switch code {
    case ENOSPC, EDQUOT, EFBIG: self = .full
    case EROFS: self = .readOnly
    default: return nil
    }
  }

  fileprivate init(sqlite code: ResultCode, errno system: CInt) {
    switch code.primaryResultCode {
    case .SQLITE_FULL: self = .full
    case .SQLITE_READONLY where code != .SQLITE_READONLY_DBMOVED: self = .readOnly
    case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged
    case .SQLITE_IOERR, .SQLITE_CANTOPEN: self = Self(errno: system) ?? .failed
    default: self = .failed
    }
  }

  func advice(_ path: String) -> String {
    switch self {
    case .cannotCreate: "make the directory yourself, or name another with --state"
    case .exposed: "see who should read it, then narrow it"
    case .held: "end that watcher, or name another directory with --state"
    case .damaged: "nothing was changed: restore a copy, or move the file away to begin anew"
    case .newer: "use that version or a later one; nothing was changed"
    case .full: "make room on its disk"
    case .readOnly: "make the file system and the file writable"
    case .busy: "end the program that keeps the file locked"
    case .failed: "see that the file system is in order and that the directory still exists"
    }
  }
}
