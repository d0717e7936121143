/// A path as it may stand in a message: paths are made from the names of other people's files.
enum QuotedPath {
  /// The longest part of a path that is shown, in Unicode scalars.
  private static let shownLength = 200

  /// The path in quotes, on one line, with control characters and the marks of bidirectional text escaped.
  static func of(_ path: String) -> String {
    var quoted = "\""
    for scalar in path.unicodeScalars.prefix(shownLength) {
      switch scalar.value {
      case 0x22, 0x5C: quoted += "\\" + String(scalar)
      case 0x00...0x1F, 0x7F...0x9F, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069:
        quoted += "\\u{" + String(scalar.value, radix: 16) + "}"
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + (path.unicodeScalars.dropFirst(shownLength).isEmpty ? "\"" : "…\"")
  }
}
