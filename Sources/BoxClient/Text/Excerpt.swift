/// A short, harmless piece of somebody else's text for an error message.
enum Excerpt {
  /// The first bytes as a quoted string; control characters and the marks of bidirectional text escaped.
  static func of(_ bytes: UnsafeRawBufferPointer, limit: Int = 80) -> String {
    let cut = bytes.count > limit
    let text = String(decoding: bytes.prefix(limit), as: UTF8.self)
    return harmless(JSONString.quote(cut ? text + "…" : text))
  }

  /// JSON lets pass what a terminal obeys: a second set of control characters, line separators, turned-round text.
  private static func harmless(_ quoted: String) -> String {
    var shown = ""
    for scalar in quoted.unicodeScalars {
      switch scalar.value {
      case 0x80...0x9F, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069:
        shown += "\\u" + JSONString.hex4(scalar.value)
      default: shown.unicodeScalars.append(scalar)
      }
    }
    return shown
  }

  static func of(_ text: String, limit: Int = 300) -> String {
    var text = text
    return text.withUTF8 { of(UnsafeRawBufferPointer($0), limit: limit) }
  }
}

extension Excerpt {
  /// Text from a server as it may stand in a message: on one line, without control characters, not endless.
  static func plain(_ text: String) -> String {
    let quoted = of(text)
    return String(quoted.dropFirst().dropLast())
  }
}
