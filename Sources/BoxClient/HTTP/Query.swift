/// The query of a URL, percent-encoded but for the letters that never need it (RFC 3986, section 2.3): a `+` in a
/// time would else arrive as a space (PROTOCOL.md, section 3 "Parameters").
enum Query {
  // In bytes: each poll and page has a query, and indices into text are slow.

  static func encode(_ items: [(name: String, value: String)]) -> String {
    var bytes: [UInt8] = []
    append(items, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The URL with further parameters behind those that it has.
  static func appending(_ items: [(name: String, value: String)], to url: String) -> String {
    guard !items.isEmpty else { return url }
    var bytes = Array(url.utf8.prefix { $0 != UInt8(ascii: "#") })
    if !bytes.contains(UInt8(ascii: "?")) {
      bytes.append(UInt8(ascii: "?"))
    } else if bytes.last != UInt8(ascii: "?"), bytes.last != UInt8(ascii: "&") {
      bytes.append(UInt8(ascii: "&"))
    }
    append(items, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  static func escape(_ text: String) -> String {
    var bytes: [UInt8] = []
    append(text, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func append(_ items: [(name: String, value: String)], to bytes: inout [UInt8]) {
    for (number, item) in items.enumerated() {
      if number > 0 { bytes.append(UInt8(ascii: "&")) }
      append(item.name, to: &bytes)
      bytes.append(UInt8(ascii: "="))
      append(item.value, to: &bytes)
    }
  }

  private static let digits = Array("0123456789ABCDEF".utf8)

  private static func append(_ text: String, to bytes: inout [UInt8]) {
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        bytes.append(byte)
      default:
        bytes.append(UInt8(ascii: "%"))
        bytes.append(digits[Int(byte >> 4)])
        bytes.append(digits[Int(byte & 15)])
      }
    }
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
