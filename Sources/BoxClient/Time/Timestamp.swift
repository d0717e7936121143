/// A moment, in seconds and nanoseconds since 1970-01-01T00:00:00Z, as RFC 3339 writes it.
public struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
  public var seconds: Int64
  /// From 0 to 999,999,999.
  public var nanoseconds: Int32

  public init(seconds: Int64, nanoseconds: Int32 = 0) {
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }

  /// Reads RFC 3339 as Box and people write it: `2026-01-05T09:14:00-08:00`, `…Z`, with or without a fraction, a
  /// space or small letters where the standard allows them. Nil for anything else, a day that does not exist too.
  public init?(_ text: some StringProtocol) {
    var reader = DigitReader(text.utf8)
    guard let year = reader.digits(4), reader.take("-"), let month = reader.digits(2), reader.take("-"),
      let day = reader.digits(2), reader.take("T", "t", " "), let hour = reader.digits(2), reader.take(":"),
      let minute = reader.digits(2), reader.take(":"), let second = reader.digits(2)
    else { return nil }
    guard (1...12).contains(month), day >= 1, day <= CivilDate.daysInMonth(month, of: year), hour <= 23, minute <= 59,
      second <= 60
    else { return nil }
    var fraction: Int32 = 0
    if reader.take(".") {
      guard let nanoseconds = reader.fraction() else { return nil }
      fraction = nanoseconds
    }
    guard let offset = reader.offset(), reader.atEnd else { return nil }
    let days = CivilDate(year: year, month: month, day: day).daysSince1970
    self.init(seconds: days * 86_400 + Int64(hour * 3600 + minute * 60 + second - offset), nanoseconds: fraction)
  }

  /// `2026-01-05T17:14:00Z`; a fraction where there is one.
  public var description: String { text(zone: "Z") }

  /// The form that Box asks for in queries: UTC as `-00:00` (PROTOCOL.md, section 3 "Parameters").
  public var queryText: String { Timestamp(seconds: seconds).text(zone: "-00:00") }

  private func text(zone: String) -> String {
    let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
    let date = CivilDate(daysSince1970: days)
    let clock = Int(seconds - days * 86_400)
    var text = "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
    text += "T\(padded(clock / 3600, 2)):\(padded(clock / 60 % 60, 2)):\(padded(clock % 60, 2))"
    if nanoseconds > 0 {
      let digits = padded(Int(nanoseconds), 9)
      text += "." + String(digits.reversed().drop { $0 == "0" }.reversed())
    }
    return text + zone
  }

  private func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  public static func < (one: Timestamp, other: Timestamp) -> Bool {
    (one.seconds, one.nanoseconds) < (other.seconds, other.nanoseconds)
  }

  public static func + (moment: Timestamp, duration: Duration) -> Timestamp {
    let (seconds, attoseconds) = duration.components
    let nanoseconds = Int64(moment.nanoseconds) + attoseconds / 1_000_000_000
    let carry = nanoseconds < 0 ? -1 : nanoseconds / 1_000_000_000
    return Timestamp(
      seconds: moment.seconds + seconds + carry, nanoseconds: Int32(nanoseconds - carry * 1_000_000_000))
  }

  public static func - (moment: Timestamp, duration: Duration) -> Timestamp { moment + (.zero - duration) }

  /// How long after another moment this one is; negative where it is before it.
  public static func - (moment: Timestamp, earlier: Timestamp) -> Duration {
    .seconds(moment.seconds - earlier.seconds) + .nanoseconds(moment.nanoseconds - earlier.nanoseconds)
  }
}

/// Reads fixed groups of digits.
private struct DigitReader<Bytes: Sequence> where Bytes.Element == UInt8 {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: Bytes) {
    rest = Array(bytes)[...]
  }

  var atEnd: Bool { rest.isEmpty }

  mutating func take(_ choices: Unicode.Scalar...) -> Bool {
    guard let first = rest.first, choices.contains(where: { UInt8(ascii: $0) == first }) else { return false }
    rest.removeFirst()
    return true
  }

  mutating func digits(_ count: Int) -> Int? {
    let group = rest.prefix(count)
    guard group.count == count, group.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    rest = rest.dropFirst(count)
    return group.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  /// The digits behind the point as nanoseconds; further ones are read over.
  mutating func fraction() -> Int32? {
    let group = rest.prefix { (0x30...0x39).contains($0) }
    guard !group.isEmpty else { return nil }
    rest = rest.dropFirst(group.count)
    var nanoseconds: Int32 = 0
    for place in 0..<9 {
      let digit = place < group.count ? group[group.startIndex + place] - 0x30 : 0
      nanoseconds = nanoseconds * 10 + Int32(digit)
    }
    return nanoseconds
  }

  /// Seconds east of UTC. Numeric offsets come with a colon, in old answers without.
  mutating func offset() -> Int? {
    if take("Z", "z") { return 0 }
    let sign = take("-") ? -1 : (take("+") ? 1 : 0)
    guard sign != 0, let hours = digits(2) else { return nil }
    _ = take(":")
    guard let minutes = digits(2), hours <= 23, minutes <= 59 else { return nil }
    return sign * (hours * 3600 + minutes * 60)
  }
}
