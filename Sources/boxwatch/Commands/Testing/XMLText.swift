/// Text as it may stand in XML 1.0.
enum XMLText {
  /// For an attribute between double quotes: line breaks stay too.
  static func attribute(_ text: String) -> String {
    escaped(text) { scalar in
      switch scalar {
      case "\"": "&quot;"
      case "\n", "\t": reference(scalar)
      default: nil
      }
    }
  }

  /// For what stands between tags.
  static func content(_ text: String) -> String {
    escaped(text) { _ in nil }
  }

  private static func escaped(_ text: String, _ special: (Unicode.Scalar) -> String?) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      // A reader turns a bare one into a line feed.
      case "\r": escaped += reference(scalar)
      case _ where !isAllowed(scalar): escaped.unicodeScalars.append("\u{FFFD}")
      default:
        if let replacement = special(scalar) {
          escaped += replacement
        } else if scalar != "\n" && scalar != "\t" && TerminalText.isHarmful(scalar) {
          escaped += reference(scalar)
        } else {
          escaped.unicodeScalars.append(scalar)
        }
      }
    }
    return escaped
  }

  private static func reference(_ scalar: Unicode.Scalar) -> String {
    "&#x" + String(scalar.value, radix: 16, uppercase: true) + ";"
  }

  /// XML 1.0, section 2.2: of the control characters only three, and no noncharacters of the first plane.
  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x9, 0xA, 0xD, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
    default: false
    }
  }
}
