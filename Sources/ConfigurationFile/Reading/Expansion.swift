/// A scalar with the environment's values in it: `${NAME}` is the variable NAME, `$${` is a plain `${`.
struct Expansion {
  private(set) var text = ""
  /// The variables that were named and are not set, or are empty.
  private(set) var missing: [(name: String, isEmpty: Bool)] = []
  /// Whether a `${` is not followed by a name and a `}`.
  private(set) var isMalformed = false
  private(set) var usesEnvironment = false

  init(_ raw: String, environment: (String) -> String?) {
    let bytes = Array(raw.utf8)
    let opening = Array("${".utf8)
    var rest = bytes[...]
    var result: [UInt8] = []
    while let mark = rest.firstRange(of: opening) {
      result += rest[..<mark.lowerBound]
      rest = rest[mark.upperBound...]
      if result.last == UInt8(ascii: "$") {
        result.append(UInt8(ascii: "{"))
        continue
      }
      let name = rest.prefix(while: Self.isNameByte)
      guard let first = name.first, !(0x30...0x39).contains(first), rest[name.endIndex...].first == UInt8(ascii: "}")
      else {
        isMalformed = true
        return
      }
      rest = rest[(name.endIndex + 1)...]
      usesEnvironment = true
      let variable = String(decoding: name, as: UTF8.self)
      let value = environment(variable)
      if let value, !value.isEmpty { result += value.utf8 } else { missing.append((variable, value != nil)) }
    }
    text = String(decoding: result + rest, as: UTF8.self)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"): true
    default: false
    }
  }
}
