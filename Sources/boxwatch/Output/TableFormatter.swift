import BoxClient

/// A table for people: columns as wide as the first page needs them, longer cells cut on a terminal.
struct TableFormatter: EventFormatter {
  private let fields: [FieldPath]
  /// Columns of the terminal; nil where the output goes elsewhere, and nothing is cut.
  private let screen: Int?
  private var widths: [Int] = []
  private var waiting: [[String]] = []

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
    widths = Self.widths(of: waiting, titles: header, weights: fields.map(Weight.init), screen: screen)
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

  /// How much a person needs of a column: those that count least give way first.
  enum Weight: Int, CaseIterable {
    /// For machines.
    case id
    case usual
    /// What the event is about.
    case name

    init(_ field: FieldPath) {
      let last = field.steps.last ?? ""
      self = last == "id" || last.hasSuffix("_id") ? .id : last == "name" || last.hasSuffix("_name") ? .name : .usual
    }

    /// Columns that are left in any case.
    fileprivate var narrowest: Int { self == .id ? 4 : 8 }
  }

  /// Each column's widest cell, its title included. On a screen that is too small titles are cut first, then the widest
  /// columns give way until all fit: ids before all others, names behind them.
  ///
  /// - Parameters:
  ///   - titles: those that may be cut; titles among the rows are cells.
  ///   - weights: nil where all columns count alike.
  static func widths(
    of rows: [[String]], titles: [String] = [], weights: [Weight]? = nil, screen: Int?
  ) -> [Int] {
    let count = (rows.first ?? titles).count
    let weights = weights ?? Array(repeating: .usual, count: count)
    let named = titles.isEmpty ? Array(repeating: 0, count: count) : titles.map(TerminalText.width)
    let cells = (0..<count).map { column in rows.map { TerminalText.width($0[column]) }.max() ?? 0 }
    let whole = zip(named, cells).map { max($0, $1) }
    guard let screen else { return whole }
    let room = screen - 2 * (count - 1)
    guard whole.reduce(0, +) > room else { return whole }
    var widths = zip(named, cells).map { max($1, min($0, Weight.id.narrowest)) }
    for weight in Weight.allCases {
      while widths.reduce(0, +) > room {
        let columns = widths.indices.filter { weights[$0] == weight && widths[$0] > weight.narrowest }
        guard let column = columns.reversed().max(by: { widths[$0] < widths[$1] }) else { break }
        widths[column] -= 1
      }
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
