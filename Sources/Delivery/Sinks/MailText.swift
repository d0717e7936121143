import BoxClient
import Crypto

/// The encodings of a letter.
enum MailText {
  /// Text in a header: ASCII as it is, anything else as encoded words (RFC 2047), so that no text ends a line.
  static func header(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !text.contains("=?") && text.utf8.count <= 60
    if isPlain { return text }
    var words: [String] = []
    var word: [UInt8] = []
    for scalar in text.unicodeScalars {
      let bytes = Array(String(scalar).utf8)
      // With `Subject: ` before it an encoded word keeps within 78 characters. It ends between two of the text's.
      if word.count + bytes.count > 42 {
        words.append(encodedWord(word))
        word = []
      }
      word += bytes
    }
    words.append(encodedWord(word))
    return words.joined(separator: "\n ")
  }

  private static func encodedWord(_ bytes: [UInt8]) -> String { "=?UTF-8?B?\(base64(bytes))?=" }

  /// Base64 in lines of 76 characters.
  static func base64Lines(_ bytes: [UInt8]) -> String {
    stride(from: 0, to: bytes.count, by: 57).map { start in
      base64(Array(bytes[start..<min(start + 57, bytes.count)])) + "\n"
    }.joined()
  }

  /// RFC 4648, section 4.
  static func base64(_ bytes: [UInt8]) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = (0..<3).reduce(0) { $0 << 8 | ($1 < group.count ? Int(group[start + $1]) : 0) }
      for place in 0..<4 {
        text.append(place <= group.count ? digits[bits >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// `Sun, 06 Nov 1994 08:49:37 +0000` (RFC 5322, section 3.3).
  static func date(_ seconds: Int64) -> String {
    let days = seconds.floored(by: 86_400)
    let clock = seconds - days * 86_400
    let date = CivilDate(daysSince1970: days)
    let weekday = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][CivilDate.weekday(daysSince1970: days)]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let time = [clock / 3600, clock / 60 % 60, clock % 60].map { ($0 < 10 ? "0" : "") + String($0) }
    return "\(weekday), \(date.day < 10 ? "0" : "")\(date.day) \(months[date.month - 1]) \(date.year) "
      + time.joined(separator: ":") + " +0000"
  }

  /// The same for every attempt, so that a mailbox that has the letter knows it.
  static func identifier(_ key: String) -> String {
    String(hexadecimal(SHA256.hash(data: Array(key.utf8))).prefix(32))
  }
}
