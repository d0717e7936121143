import GRDB
import GRDBSQLite

/// The parts of SQLite's header that tell what a file is (https://www.sqlite.org/fileformat.html, section 1.3).
struct DatabaseHeader {
  let isWAL: Bool
  let version: Int32
  let applicationID: Int32

  /// - Parameter bytes: the file's beginning.
  /// - Returns: nil when it is no SQLite database.
  init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.size, bytes.starts(with: Array("SQLite format 3\0".utf8)) else { return nil }
    func number(_ offset: Int) -> Int32 {
      bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int32($1) }
    }
    isWAL = bytes[19] == 2
    version = number(60)
    applicationID = number(68)
  }

  private static let size = 100

  /// Reads a file's first bytes, zeros where it is shorter; nil when it cannot be opened.
  ///
  /// Through SQLite, although it is plain reading: to close a descriptor of our own would end the locks that other
  /// connections of this process hold on the file. Opened as immutable, SQLite looks at nothing beside it.
  static func beginning(of uri: String) -> [UInt8]? {
    var connection: OpaquePointer?
    defer { sqlite3_close(connection) }
    let flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
    guard sqlite3_open_v2(uri + "?immutable=1", &connection, flags, nil) == SQLITE_OK else { return nil }
    var file: UnsafeMutablePointer<sqlite3_file>?
    guard sqlite3_file_control(connection, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK, let file,
      let methods = file.pointee.pMethods
    else { return nil }
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      // A short read fills up with zeros.
      let code = methods.pointee.xRead(file, buffer.baseAddress, CInt(size), 0)
      count = code == SQLITE_OK || code == ResultCode.SQLITE_IOERR_SHORT_READ.rawValue ? size : 0
    }
  }
}
