import BoxClient

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
