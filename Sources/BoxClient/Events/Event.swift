import CEventPage

/// One event of a page. Its text, id, type and time are there at once; fields decode when they are asked for.
///
/// `event_type` and the shape of `source` are open sets (PROTOCOL.md, section 4): nothing here depends on either.
public struct Event: Sendable {
  let page: EventPage
  let index: Int

  private var row: cep_event { page.events[index] }

  /// The exact text that Box sent.
  public var text: String { page.text(row.text) }

  /// The whole event as a value.
  public var value: JSONText { JSONText(page: page, span: row.text) }

  /// The bytes of ``text``, without a copy.
  public func withUnsafeText<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try withExtendedLifetime(page) { try body(page.bytes(row.text)) }
  }

  /// `event_id` as text; nil where Box sent none.
  public var id: String? { string(row.id) }
  /// `event_type`; empty where Box sent none.
  public var eventType: String { string(row.type) ?? "" }
  /// `created_at` as Box wrote it: RFC 3339 with an offset.
  public var createdAt: String? { string(row.created_at) }
  /// Under which the event is recognised when it comes again.
  public var digest: EventDigest { EventDigest(high: row.digest.high, low: row.digest.low) }

  /// Why the event is not as it should be; nil for nearly all.
  public var flaw: Flaw? {
    switch row.flaw {
    case CEP_FLAW_NOT_AN_OBJECT: .notAnObject
    case CEP_FLAW_SYNTAX: .syntax
    case CEP_FLAW_BYTES: .bytes
    default: nil
    }
  }

  /// Whether the entry is no JSON object that reads to its end. Odd bytes in a string cost that string alone.
  public var isMalformed: Bool { row.flaw == CEP_FLAW_NOT_AN_OBJECT || row.flaw == CEP_FLAW_SYNTAX }

  /// What a malformed entry lacks. It costs this event, never its page.
  public enum Flaw: String, Sendable {
    case notAnObject = "not a JSON object"
    case syntax = "not valid JSON"
    case bytes = "bytes that are not UTF-8, or control characters inside a string"
  }

  /// A top-level field; nil where there is none. Of fields that stand twice the last counts.
  public subscript(field: String) -> JSONText? {
    let fields = page.fields(of: row)
    let match = fields.last { candidate in
      let key = page.bytes(candidate.key)
      guard key.contains(UInt8(ascii: "\\")) else { return key.elementsEqual(field.utf8) }
      return page.unescaped(candidate.key).utf8.elementsEqual(field.utf8)
    }
    return match.map { JSONText(page: page, span: $0.value) }
  }

  /// The value at a path such as `source.parent.name`; a number in it counts an array's elements from 1. Nil where
  /// the path leads nowhere.
  public func value(at path: FieldPath) -> JSONText? {
    guard let first = path.steps.first, let value = self[first] else { return nil }
    return value.value(at: path.steps.dropFirst())
  }

  private func string(_ span: cep_span) -> String? {
    span.length == 0 ? nil : page.unescaped(span)
  }
}
