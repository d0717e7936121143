/// A piece of the file as it may stand in a message.
enum Quoted {
  private static let shownLength = 200

  /// In quotes, on one line, cut after 200 characters; control characters and marks of bidirectional text escaped.
  static func of(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars.prefix(shownLength) {
      switch scalar.value {
      case 0x22, 0x5C: quoted += "\\" + String(scalar)
      case 0x00...0x1F, 0x7F...0x9F, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF:
        quoted += "\\u{" + String(scalar.value, radix: 16) + "}"
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + (text.unicodeScalars.dropFirst(shownLength).isEmpty ? "\"" : "…\"")
  }

  /// `a, b or c`
  static func choice(_ names: [String]) -> String {
    guard let last = names.last, names.count > 1 else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " or " + last
  }
}
