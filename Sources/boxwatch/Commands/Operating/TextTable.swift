/// Rows in columns below their titles. Columns in which no row says anything are left out.
struct TextTable {
  private let rows: [[String]]
  private let right: Set<Int>

  /// - Parameter right: the columns of numbers, which end together.
  init(_ titles: [String], _ rows: [[String]], right: Set<Int> = []) {
    let used = titles.indices.filter { column in rows.contains { !$0[column].isEmpty } }
    self.rows = rows.isEmpty ? [] : ([titles] + rows).map { row in used.map { TerminalText.escaped(row[$0]) } }
    self.right = Set(used.indices.filter { right.contains(used[$0]) })
  }

  /// - Parameter screen: columns of the terminal; nil to cut nothing.
  func lines(screen: Int?) -> [String] {
    let widths = TableFormatter.widths(of: rows, screen: screen)
    return rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        let shown = TerminalText.fitted(cell, to: widths[column])
        let space = String(repeating: " ", count: widths[column] - TerminalText.width(shown))
        line += (column == 0 ? "" : "  ") + (right.contains(column) ? space + shown : shown + space)
      }
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}
