import BoxClient

/// A table for people: columns as wide as the first page needs them, longer cells cut on a terminal.
struct TableFormatter: EventFormatter {
  private let fields: [FieldPath]
  /// Columns of the terminal; nil where the output goes elsewhere, and nothing is cut.
  private let screen: Int?
  private var widths: [Int] = []
  private var waiting: [[String]] = []
  private static let narrowest = 8

  init(fields: [FieldPath], screen: Int?) {
    self.fields = fields
    self.screen = screen
  }

  mutating func write(_ event: Event, to output: inout StandardOutput) throws {
    let row = fields.map { TerminalText.escaped(Cell.text($0, of: event)) }
    if widths.isEmpty {
      waiting.append(row)
      if waiting.count == 500 { try pause(&output) }
    } else {
      try write(row, to: &output)
    }
  }

  mutating func pause(_ output: inout StandardOutput) throws {
    guard widths.isEmpty, !waiting.isEmpty else { return }
    let header = fields.map { $0.description.uppercased() }
    widths = Self.widths(of: [header] + waiting, screen: screen)
    try write(header, to: &output)
    for row in waiting { try write(row, to: &output) }
    waiting = []
  }

  private func write(_ row: [String], to output: inout StandardOutput) throws {
    var line = ""
    for (column, cell) in row.enumerated() {
      let shown = screen == nil ? cell : TerminalText.fitted(cell, to: widths[column])
      line += shown
      if column + 1 < row.count {
        line += String(repeating: " ", count: max(0, widths[column] - TerminalText.width(shown)) + 2)
      }
    }
    try output.write(line.trimmingEnd() + "\n")
  }

  /// Each column's widest cell; on a screen the widest columns give way until all fit.
  static func widths(of rows: [[String]], screen: Int?) -> [Int] {
    guard let count = rows.first?.count else { return [] }
    var widths = (0..<count).map { column in rows.map { TerminalText.width($0[column]) }.max() ?? 0 }
    guard let screen else { return widths }
    let room = max(screen - 2 * (count - 1), count)
    while widths.reduce(0, +) > room, let widest = widths.max(), widest > Self.narrowest {
      guard let column = widths.lastIndex(of: widest) else { break }
      widths[column] -= 1
    }
    return widths
  }
}

extension String {
  fileprivate func trimmingEnd() -> String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
