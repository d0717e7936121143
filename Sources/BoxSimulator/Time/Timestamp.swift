/// RFC 3339 times as Box writes and reads them (PROTOCOL.md §3 `created_after`, §4 `created_at`).
enum Timestamp {
  /// The time in whole seconds with the account's offset: `2026-01-05T09:00:00-08:00`.
  static func text(secondsSince1970 seconds: Int64) -> String {
    var writer = JSONWriter()
    writer.timestamp(seconds)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// Seconds since 1970, or nil where the text is no RFC 3339 time. A fraction is read and dropped; `Z`, `+hh:mm`
  /// and `-hh:mm` (also Box's own `-00:00`) are offsets.
  static func secondsSince1970(_ text: some StringProtocol) -> Int64? {
    var reader = DigitReader(text: Array(text.utf8))
    guard let year = reader.number(4), reader.skip("-"), let month = reader.number(2), reader.skip("-"),
      let day = reader.number(2), reader.skip("T") || reader.skip("t"), let hour = reader.number(2), reader.skip(":"),
      let minute = reader.number(2), reader.skip(":"), let second = reader.number(2)
    else { return nil }
    guard (1...12).contains(month), day >= 1, day <= CivilTime.daysInMonth(month, of: year), hour < 24, minute < 60,
      second <= 60
    else { return nil }
    if reader.skip(".") {
      guard reader.skipDigits() else { return nil }
    }
    guard let offset = reader.offset(), reader.isAtEnd else { return nil }
    let civil = CivilTime(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    return civil.secondsSince1970 - offset
  }
}

/// Reads digits and marks from the front of a text.
private struct DigitReader {
  let text: [UInt8]
  var index = 0

  init(text: [UInt8]) {
    self.text = text
  }

  var isAtEnd: Bool { index == text.count }

  mutating func number(_ digits: Int) -> Int? {
    guard index + digits <= text.count else { return nil }
    var value = 0
    for byte in text[index..<index + digits] {
      guard (0x30...0x39).contains(byte) else { return nil }
      value = value * 10 + Int(byte - 0x30)
    }
    index += digits
    return value
  }

  mutating func skip(_ mark: Unicode.Scalar) -> Bool {
    guard index < text.count, UInt32(text[index]) == mark.value else { return false }
    index += 1
    return true
  }

  mutating func skipDigits() -> Bool {
    let start = index
    while index < text.count, (0x30...0x39).contains(text[index]) { index += 1 }
    return index > start
  }

  /// Seconds east of UTC.
  mutating func offset() -> Int64? {
    if skip("Z") || skip("z") { return 0 }
    let sign: Int64
    if skip("+") {
      sign = 1
    } else if skip("-") {
      sign = -1
    } else {
      return nil
    }
    guard let hours = number(2), skip(":"), let minutes = number(2), hours < 24, minutes < 60 else { return nil }
    return sign * Int64(hours * 3600 + minutes * 60)
  }
}
