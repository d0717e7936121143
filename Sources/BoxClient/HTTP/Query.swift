/// The query of a URL, percent-encoded but for the letters that never need it (RFC 3986, section 2.3): a `+` in a
/// time would else arrive as a space (PROTOCOL.md, section 3 "Parameters").
enum Query {
  static func encode(_ items: [(name: String, value: String)]) -> String {
    items.map { "\(escape($0.name))=\(escape($0.value))" }.joined(separator: "&")
  }

  /// The URL with further parameters behind those that it has.
  static func appending(_ items: [(name: String, value: String)], to url: String) -> String {
    guard !items.isEmpty else { return url }
    let base = url.prefix { $0 != "#" }
    let separator = !base.contains("?") ? "?" : (base.last == "?" || base.last == "&" ? "" : "&")
    return base + separator + encode(items)
  }

  static func escape(_ text: String) -> String {
    var escaped = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        escaped.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        escaped += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
      }
    }
    return escaped
  }

  /// The first value of each parameter; a plus sign is a space.
  static func decode(_ query: some StringProtocol) -> [String: String] {
    var values: [String: String] = [:]
    for pair in query.split(separator: "&") {
      let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { unescape($0) }
      if values[halves[0]] == nil { values[halves[0]] = halves.count > 1 ? halves[1] : "" }
    }
    return values
  }

  private static func unescape(_ text: some StringProtocol) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        rest.removeFirst(2)
      } else {
        bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
