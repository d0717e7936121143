import CEventPage

/// One JSON value as it stands in a page: its exact text, decoded when somebody asks.
public struct JSONText: Sendable {
  let page: EventPage
  let span: cep_span

  /// What a value is, told from its first character.
  public enum Kind: Sendable {
    case null, bool, number, string, array, object
    /// Text that begins no JSON value.
    case malformed
  }

  /// The value's exact JSON text.
  public var text: String { page.text(span) }

  public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try withExtendedLifetime(page) { try body(page.bytes(span)) }
  }

  public var kind: Kind {
    withUnsafeBytes { bytes in
      switch bytes.first ?? 0 {
      case UInt8(ascii: "\""): .string
      case UInt8(ascii: "{"): .object
      case UInt8(ascii: "["): .array
      case UInt8(ascii: "n"): bytes.elementsEqual("null".utf8) ? .null : .malformed
      case UInt8(ascii: "t"): bytes.elementsEqual("true".utf8) ? .bool : .malformed
      case UInt8(ascii: "f"): bytes.elementsEqual("false".utf8) ? .bool : .malformed
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): .number
      default: .malformed
      }
    }
  }

  /// A string's characters; nil for every other kind, and for a string that does not decode.
  public var string: String? {
    withUnsafeBytes { bytes in
      guard bytes.count >= 2, bytes.first == UInt8(ascii: "\""), bytes.last == UInt8(ascii: "\"") else { return nil }
      return JSONString.unescape(UnsafeRawBufferPointer(rebasing: bytes.dropFirst().dropLast()))
    }
  }

  /// What stands between a string's quotes, for a person: escapes not decoded, bytes that are not UTF-8 as U+FFFD.
  public var lossyString: String {
    withUnsafeBytes { bytes in
      String(decoding: bytes.dropFirst().dropLast(bytes.last == UInt8(ascii: "\"") ? 1 : 0), as: UTF8.self)
    }
  }

  /// An id or a position as text, whether Box wrote it as a string or as a number (PROTOCOL.md, sections 0 and 4).
  public var identifier: String? {
    switch kind {
    case .string: string
    case .number: text
    default: nil
    }
  }

  /// The value at a path from here, as in an event.
  public func value(at path: FieldPath) -> JSONText? { value(at: path.steps[...]) }

  func value(at steps: ArraySlice<String>) -> JSONText? {
    var value = self
    for step in steps {
      let next =
        switch value.kind {
        case .object: value[step]
        case .array: Int(step).flatMap { $0 >= 1 ? value[$0 - 1] : nil }
        default: nil as JSONText?
        }
      guard let next else { return nil }
      value = next
    }
    return value
  }

  /// A member of an object; nil where there is none.
  public subscript(member: String) -> JSONText? {
    find { bytes, found in
      var member = member
      return member.withUTF8 { key in
        let key = UnsafeRawBufferPointer(key).assumingMemoryBound(to: CChar.self)
        return cep_find_member(bytes.baseAddress, bytes.count, key.baseAddress, key.count, &found)
      }
    }
  }

  /// An element of an array, the first at 0; nil where there is none.
  public subscript(index: Int) -> JSONText? {
    guard index >= 0 else { return nil }
    return find { bytes, found in cep_find_element(bytes.baseAddress, bytes.count, index, &found) }
  }

  private func find(_ search: (UnsafeBufferPointer<CChar>, inout cep_span) -> Bool) -> JSONText? {
    withUnsafeBytes { bytes in
      var found = cep_span()
      guard search(bytes.assumingMemoryBound(to: CChar.self), &found) else { return nil }
      return JSONText(page: page, span: cep_span(offset: span.offset + found.offset, length: found.length))
    }
  }
}
