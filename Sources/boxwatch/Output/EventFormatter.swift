import BoxClient

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// One way to print events.
protocol EventFormatter: Sendable {
  /// What stands before the first event.
  mutating func begin(_ output: inout StandardOutput) throws
  mutating func write(_ event: Event, to output: inout StandardOutput) throws
  /// The end of a page: what is held back is written.
  mutating func pause(_ output: inout StandardOutput) throws
}

extension EventFormatter {
  func begin(_ output: inout StandardOutput) throws {}
  func pause(_ output: inout StandardOutput) throws {}
}

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

/// Line breaks between JSON's tokens become spaces; inside strings JSON has none.
enum OneLine {
  static func byte(_ byte: UInt8) -> UInt8 {
    byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") ? UInt8(ascii: " ") : byte
  }

  static func isOne(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let start = bytes.baseAddress else { return true }
    return memchr(start, CInt(UInt8(ascii: "\n")), bytes.count) == nil
      && memchr(start, CInt(UInt8(ascii: "\r")), bytes.count) == nil
  }

  static func text(_ bytes: UnsafeRawBufferPointer) -> String {
    isOne(bytes) ? String(decoding: bytes, as: UTF8.self) : String(decoding: bytes.map(byte), as: UTF8.self)
  }
}

/// A field's value as a cell: a string's characters, nothing for null and for what is missing, else JSON text.
enum Cell {
  static func text(_ field: FieldPath, of event: Event) -> String {
    guard let value = event.value(at: field), value.kind != .null else { return "" }
    if value.kind == .string { return value.string ?? value.lossyString }
    return value.withUnsafeBytes(OneLine.text)
  }

  /// What CSV and tables show when nobody chooses (CLI.md, "events").
  static let defaultFields = [
    "created_at", "event_type", "event_id", "created_by.login", "source.type", "source.id", "source.name",
  ].compactMap { FieldPath($0) }
}
