import BoxClient

/// JSON Lines: each event's exact text, on one line.
struct JSONLinesFormatter: EventFormatter {
  /// Whether a person looks: then nothing harmful is shown as it is.
  let forTerminal: Bool

  func write(_ event: Event, to output: inout StandardOutput) throws {
    try event.withUnsafeText { text in
      if forTerminal {
        try output.write(TerminalText.escapedJSON(OneLine.text(text)))
      } else if OneLine.isOne(text) {
        try output.write(text)
      } else {
        try output.write(text.map(OneLine.byte))
      }
    }
    try output.write(CollectionOfOne(UInt8(ascii: "\n")))
  }
}
