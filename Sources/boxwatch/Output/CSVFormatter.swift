import BoxClient

/// CSV after RFC 4180: a header, then a row an event, lines ended by CR LF.
struct CSVFormatter: EventFormatter {
  let fields: [FieldPath]
  let forTerminal: Bool

  func begin(_ output: inout StandardOutput) throws {
    try write(fields.map(\.description), to: &output)
  }

  func write(_ event: Event, to output: inout StandardOutput) throws {
    try write(fields.map { Cell.text($0, of: event) }, to: &output)
  }

  private func write(_ cells: [String], to output: inout StandardOutput) throws {
    let row = cells.map { Self.quoted(forTerminal ? TerminalText.escaped($0) : $0) }.joined(separator: ",")
    try output.write(row + "\r\n")
  }

  /// Quotes where RFC 4180 asks for them, and around a cell whose edge spaces a reader might drop.
  static func quoted(_ cell: String) -> String {
    let needsQuotes =
      cell.utf8.contains {
        [UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r")].contains($0)
      }
      || cell.first == " " || cell.last == " "
    guard needsQuotes else { return cell }
    return "\"" + cell.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}
