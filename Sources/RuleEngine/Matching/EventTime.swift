import BoxClient

/// `created_at` as Box writes it nearly always, read without a copy; other forms go the long way.
enum EventTime {
  /// `2026-01-05T09:14:00-08:00`, or any other RFC 3339 text.
  static func read(_ bytes: UnsafeRawBufferPointer) -> Timestamp? {
    guard !bytes.isEmpty else { return nil }
    if bytes.count == 25, let usual = readUsual(bytes) { return usual }
    return Timestamp(String(decoding: bytes, as: UTF8.self))
  }

  private static func readUsual(_ bytes: UnsafeRawBufferPointer) -> Timestamp? {
    func number(_ first: Int, _ count: Int) -> Int {
      var value = 0
      for index in first..<first + count {
        let digit = Int(bytes[index]) - 0x30
        if digit < 0 || digit > 9 { return -1_000_000 }
        value = value * 10 + digit
      }
      return value
    }
    guard bytes[4] == 0x2d, bytes[7] == 0x2d, bytes[10] == 0x54, bytes[13] == 0x3a, bytes[16] == 0x3a,
      bytes[22] == 0x3a
    else { return nil }
    let (year, month, day) = (number(0, 4), number(5, 2), number(8, 2))
    let (hour, minute, second) = (number(11, 2), number(14, 2), number(17, 2))
    let (zoneHour, zoneMinute) = (number(20, 2), number(23, 2))
    guard year >= 1, (1...12).contains(month), (1...28).contains(day), (0...23).contains(hour),
      (0...59).contains(minute), (0...59).contains(second), (0...23).contains(zoneHour), (0...59).contains(zoneMinute)
    else { return nil }
    let sign: Int
    switch bytes[19] {
    case 0x2b: sign = 1
    case 0x2d: sign = -1
    default: return nil
    }
    let days = CivilDate(year: year, month: month, day: day).daysSince1970
    let clock = hour * 3600 + minute * 60 + second - sign * (zoneHour * 3600 + zoneMinute * 60)
    return Timestamp(seconds: days * 86_400 + Int64(clock))
  }
}
