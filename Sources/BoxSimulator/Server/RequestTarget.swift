/// A request's path and query, decoded.
struct RequestTarget: Sendable {
  var path: String
  /// The first value of each parameter.
  private var parameters: [String: String] = [:]

  // In bytes: indices into text would cost more than all else that a request does here.

  /// - Parameter target: the request line's target; nil is the root.
  init(_ target: String?) {
    let bytes = Array((target ?? "/").utf8)
    let end = bytes.firstIndex(of: UInt8(ascii: "?")) ?? bytes.endIndex
    path = String(decoding: bytes[..<end], as: UTF8.self)
    parameters = Self.form(bytes[end...].dropFirst())
  }

  /// A parameter's value; nil where the query does not have it.
  subscript(_ name: String) -> String? {
    parameters[name]
  }

  /// Reads `application/x-www-form-urlencoded` text. A plus sign is a space: an RFC 3339 offset must be escaped, as
  /// with Box (PROTOCOL.md §3, `created_after`).
  static func form(_ bytes: some Collection<UInt8>) -> [String: String] {
    var values: [String: String] = [:]
    for pair in bytes.split(separator: UInt8(ascii: "&")) {
      let end = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
      let name = decoded(pair[..<end])
      if values[name] == nil { values[name] = decoded(pair[end...].dropFirst()) }
    }
    return values
  }

  private static func decoded(_ text: some Collection<UInt8>) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    var rest = text[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "+") {
        bytes.append(UInt8(ascii: " "))
      } else if byte == UInt8(ascii: "%"), rest.count >= 2, let high = digit(rest.first!),
        let low = digit(rest[rest.index(after: rest.startIndex)])
      {
        bytes.append(high << 4 | low)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
