import BoxClient

/// JSON Lines of chosen fields: an object for each event, keyed by the fields' paths.
struct SelectedFieldsFormatter: EventFormatter {
  let fields: [FieldPath]
  let forTerminal: Bool

  func write(_ event: Event, to output: inout StandardOutput) throws {
    let members = fields.map { field in
      let value = event.value(at: field)?.withUnsafeBytes(OneLine.text) ?? "null"
      return JSONString.quote(field.description) + ":" + value
    }
    let line = "{" + members.joined(separator: ",") + "}"
    try output.write((forTerminal ? TerminalText.escapedJSON(line) : line) + "\n")
  }
}
