/// A request's path and query, decoded.
struct RequestTarget: Sendable {
  var path: String
  /// The first value of each parameter.
  private var parameters: [String: String] = [:]

  /// - Parameter target: the request line's target; nil is the root.
  init(_ target: String?) {
    let target = target ?? "/"
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    path = String(parts[0])
    guard parts.count > 1 else { return }
    parameters = Self.form(parts[1])
  }

  /// A parameter's value; nil where the query does not have it.
  subscript(_ name: String) -> String? {
    parameters[name]
  }

  /// Reads `application/x-www-form-urlencoded` text. A plus sign is a space: an RFC 3339 offset must be escaped, as
  /// with Box (PROTOCOL.md §3, `created_after`).
  static func form(_ text: some StringProtocol) -> [String: String] {
    var values: [String: String] = [:]
    for pair in text.split(separator: "&") {
      let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = decoded(halves[0])
      if values[name] == nil { values[name] = halves.count > 1 ? decoded(halves[1]) : "" }
    }
    return values
  }

  private static func decoded(_ text: some StringProtocol) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "+") {
        bytes.append(UInt8(ascii: " "))
      } else if byte == UInt8(ascii: "%"), rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        rest.removeFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
