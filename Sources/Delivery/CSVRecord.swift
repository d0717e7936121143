/// One row of a CSV file as RFC 4180 has it: cells between commas, CRLF at the end.
public enum CSVRecord {
  /// A cell as the rule gave it. A number is told from text: `-5` is a number, and `"-5"` might be a formula.
  public enum Cell: Sendable, Hashable {
    /// Bytes, as they go into the file.
    case text([UInt8])
    case integer(Int64)
    case number(Double)
    case boolean(Bool)
    case empty

    public init(_ text: String) {
      self = .text(Array(text.utf8))
    }
  }

  /// The bytes of a row.
  /// - Parameter formulas: whether text may be a formula. Spreadsheets compute what begins with `=`, `+`, `-`, `@`, tab
  ///   or CR, and cells hold the names of strangers' files; so such text gets a leading `'` unless this is true.
  public static func encode(_ cells: [Cell], formulas: Bool = false) -> [UInt8] {
    var row: [UInt8] = []
    for (index, cell) in cells.enumerated() {
      if index > 0 { row.append(UInt8(ascii: ",")) }
      append(bytes(of: cell, formulas: formulas), to: &row)
    }
    // A row of one empty cell would be a blank line, which readers skip.
    if cells.count == 1 && row.isEmpty { row = [quote, quote] }
    return row + [carriageReturn, lineFeed]
  }

  private static let quote = UInt8(ascii: "\"")
  private static let carriageReturn = UInt8(ascii: "\r")
  private static let lineFeed = UInt8(ascii: "\n")

  private static func bytes(of cell: Cell, formulas: Bool) -> [UInt8] {
    switch cell {
    case .text(let text): formulas ? text : guarded(text)
    case .integer(let value): Array(String(value).utf8)
    case .number(let value) where value.isFinite: Array(String(value).utf8)
    // No number to a spreadsheet, and "-inf" a formula.
    case .number(let value): formulas ? Array(String(value).utf8) : guarded(Array(String(value).utf8))
    case .boolean(let value): Array(String(value).utf8)
    case .empty: []
    }
  }

  private static func guarded(_ text: [UInt8]) -> [UInt8] {
    switch text.first {
    case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), UInt8(ascii: "\t"), carriageReturn:
      [UInt8(ascii: "'")] + text
    default: text
    }
  }

  private static func append(_ text: [UInt8], to row: inout [UInt8]) {
    let needsQuotes = text.contains { $0 == UInt8(ascii: ",") || $0 == quote || $0 == carriageReturn || $0 == lineFeed }
    guard needsQuotes else {
      row += text
      return
    }
    row.append(quote)
    for byte in text {
      if byte == quote { row.append(quote) }
      row.append(byte)
    }
    row.append(quote)
  }
}
