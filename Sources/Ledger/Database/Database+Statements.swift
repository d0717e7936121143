import GRDB
import GRDBSQLite

/// A value on its way into a statement.
enum SQLValue {
  case text(String)
  case bytes([UInt8])
  case integer(Int64)
  case null

  init(_ text: String?) { self = text.map(SQLValue.text) ?? .null }
  init(_ integer: Int64?) { self = integer.map(SQLValue.integer) ?? .null }
  init(_ flag: Bool) { self = .integer(flag ? 1 : 0) }
  init(_ integer: Int) { self = .integer(Int64(integer)) }
}

/// A row under the statement's cursor.
struct SQLRow {
  fileprivate let statement: SQLiteStatement

  func integer(_ column: CInt) -> Int64 { sqlite3_column_int64(statement, column) }
  func flag(_ column: CInt) -> Bool { integer(column) != 0 }
  func optionalInteger(_ column: CInt) -> Int64? { isNull(column) ? nil : integer(column) }

  func text(_ column: CInt) -> String { withBytes(column) { String(decoding: $0, as: UTF8.self) } }
  func optionalText(_ column: CInt) -> String? { isNull(column) ? nil : text(column) }
  func bytes(_ column: CInt) -> [UInt8] { withBytes(column) { Array($0) } }

  /// The bytes of a text or blob, valid within `body`.
  func withBytes<Result>(_ column: CInt, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    // In this order: the conversion may move the value.
    let start = sqlite3_column_blob(statement, column)
    return body(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column))))
  }

  private func isNull(_ column: CInt) -> Bool { sqlite3_column_type(statement, column) == SQLITE_NULL }
}

/// GRDB's connections and cached statements, with values bound and read as bytes: its own go through Foundation's
/// `Data`, which costs a copy and an allocation for each.
extension Database {
  /// Runs a statement that returns no rows.
  func run(_ sql: String, _ values: SQLValue...) throws {
    try rows(sql, values) { _ in }
  }

  /// Runs a statement and shows its rows in turn.
  func query(_ sql: String, _ values: SQLValue..., row: (SQLRow) throws -> Void) throws {
    try rows(sql, values, row)
  }

  /// Runs a statement and collects what `row` makes of its rows.
  func list<Element>(_ sql: String, _ values: SQLValue..., row: (SQLRow) throws -> Element) throws -> [Element] {
    try list(sql, values, row: row)
  }

  func list<Element>(_ sql: String, _ values: [SQLValue], row: (SQLRow) throws -> Element) throws -> [Element] {
    var list: [Element] = []
    try rows(sql, values) { list.append(try row($0)) }
    return list
  }

  private func rows(_ sql: String, _ values: [SQLValue], _ row: (SQLRow) throws -> Void) throws {
    let statement = try cachedStatement(sql: sql).sqliteStatement
    // A statement that is not reset keeps its transaction open, and bindings keep their values in memory.
    defer {
      sqlite3_reset(statement)
      sqlite3_clear_bindings(statement)
    }
    for (index, value) in values.enumerated() { try check(bind(value, to: statement, at: CInt(index + 1))) }
    while true {
      switch sqlite3_step(statement) {
      case SQLITE_ROW: try row(SQLRow(statement: statement))
      case SQLITE_DONE: return
      case let code: try check(code)
      }
    }
  }

  private func bind(_ value: SQLValue, to statement: SQLiteStatement, at index: CInt) -> CInt {
    // SQLite's SQLITE_TRANSIENT, a cast that Swift does not import: the value is copied.
    let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    switch value {
    case .null: return sqlite3_bind_null(statement, index)
    case .integer(let integer): return sqlite3_bind_int64(statement, index, integer)
    case .text(var text):
      return text.withUTF8 {
        $0.withMemoryRebound(to: CChar.self) {
          let length = sqlite3_uint64($0.count)
          // No address would be NULL.
          return $0.isEmpty
            ? sqlite3_bind_text64(statement, index, "", 0, copied, UInt8(SQLITE_UTF8))
            : sqlite3_bind_text64(statement, index, $0.baseAddress, length, copied, UInt8(SQLITE_UTF8))
        }
      }
    case .bytes(let bytes) where bytes.isEmpty: return sqlite3_bind_zeroblob(statement, index, 0)
    case .bytes(let bytes):
      return bytes.withUnsafeBytes {
        sqlite3_bind_blob64(statement, index, $0.baseAddress, sqlite3_uint64($0.count), copied)
      }
    }
  }

  private func check(_ code: CInt) throws {
    guard code != SQLITE_OK else { return }
    throw DatabaseError(
      resultCode: ResultCode(rawValue: code), message: sqliteConnection.map { String(cString: sqlite3_errmsg($0)) })
  }
}
