import CEventPage

/// The characters of JSON strings, both ways.
public enum JSONString {
  /// Decodes what stands between a string's quotes; a lone surrogate reads as U+FFFD. Nil where it is no JSON string.
  static func unescape(_ raw: UnsafeRawBufferPointer) -> String? {
    guard let start = raw.baseAddress else { return "" }
    var decodes = true
    let text = String(unsafeUninitializedCapacity: raw.count) { out in
      guard let target = out.baseAddress else { return 0 }
      var written = 0
      decodes = cep_unescape(
        start.assumingMemoryBound(to: CChar.self), raw.count,
        UnsafeMutableRawPointer(target).assumingMemoryBound(to: CChar.self), &written)
      return written
    }
    return decodes ? text : nil
  }

  /// The text as a JSON string, quotes included.
  public static func quote(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F: quoted += "\\u" + hex4(scalar.value)
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }

  /// Four hexadecimal digits.
  static func hex4(_ value: UInt32) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
