/// A short, harmless piece of somebody else's text for an error message.
enum Excerpt {
  /// The first bytes as a quoted string, control characters escaped.
  static func of(_ bytes: UnsafeRawBufferPointer, limit: Int = 80) -> String {
    let cut = bytes.count > limit
    let text = String(decoding: bytes.prefix(limit), as: UTF8.self)
    return JSONString.quote(cut ? text + "…" : text)
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
