/// Writes JSON text into bytes, piece by piece. The caller minds the commas.
struct JSONWriter {
  private(set) var bytes: [UInt8] = []

  mutating func reserve(_ capacity: Int) {
    bytes.reserveCapacity(capacity)
  }

  /// Text that is JSON already.
  mutating func raw(_ text: String) {
    bytes.append(contentsOf: text.utf8)
  }

  /// Text that is JSON already.
  mutating func raw(_ text: [UInt8]) {
    bytes.append(contentsOf: text)
  }

  /// A string with its quotes.
  mutating func string(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    characters(text)
    bytes.append(UInt8(ascii: "\""))
  }

  /// A string's characters without quotes, escaped as JSON wants it.
  mutating func characters(_ text: String) {
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): raw(#"\""#)
      case UInt8(ascii: "\\"): raw(#"\\"#)
      case 0x0A: raw(#"\n"#)
      case 0x0D: raw(#"\r"#)
      case 0x09: raw(#"\t"#)
      case 0..<0x20:
        raw(#"\u00"#)
        hexadecimal(UInt64(byte), digits: 2)
      default: bytes.append(byte)
      }
    }
  }

  /// A string, or `null`.
  mutating func string(orNull text: String?) {
    if let text { string(text) } else { raw("null") }
  }

  mutating func number(_ value: Int64) {
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    var rest = value.magnitude
    let start = bytes.count
    repeat {
      bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    } while rest > 0
    bytes[start...].reverse()
  }

  mutating func number(_ value: Int) {
    number(Int64(value))
  }

  /// A number as a string, as Box writes most ids.
  mutating func quoted(_ value: Int) {
    bytes.append(UInt8(ascii: "\""))
    number(value)
    bytes.append(UInt8(ascii: "\""))
  }

  mutating func boolean(_ value: Bool) {
    if value { raw("true") } else { raw("false") }
  }

  /// The lowest `digits` hexadecimal digits of `value`, without quotes.
  mutating func hexadecimal(_ value: UInt64, digits: Int) {
    for place in stride(from: digits - 1, through: 0, by: -1) {
      let digit = UInt8(value >> UInt64(place * 4) & 15)
      bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }
  }

  /// An RFC 3339 time with the account's offset, without quotes.
  mutating func timestamp(_ secondsSince1970: Int64) {
    let offset = AccountZone.offset(atSecondsSince1970: secondsSince1970)
    let civil = CivilTime(secondsSince1970: secondsSince1970 + offset)
    padded(civil.year, digits: 4)
    raw("-")
    padded(civil.month, digits: 2)
    raw("-")
    padded(civil.day, digits: 2)
    raw("T")
    padded(civil.hour, digits: 2)
    raw(":")
    padded(civil.minute, digits: 2)
    raw(":")
    padded(civil.second, digits: 2)
    if offset < 0 { raw("-") } else { raw("+") }
    padded(Int(offset.magnitude) / 3600, digits: 2)
    raw(":")
    padded(Int(offset.magnitude) / 60 % 60, digits: 2)
  }

  /// An RFC 3339 time in quotes.
  mutating func quotedTimestamp(_ secondsSince1970: Int64) {
    raw("\"")
    timestamp(secondsSince1970)
    raw("\"")
  }

  private mutating func padded(_ value: Int, digits: Int) {
    var divisor = 1
    for _ in 1..<digits { divisor *= 10 }
    while divisor > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
      divisor /= 10
    }
  }
}
