extension POSIXTimeZone {
  /// Reads the text of a `TZ` variable. Nil for anything else, and for daylight saving time without its days.
  init?(_ text: some Sequence<UInt8>) {
    var reader = Reader(text)
    guard reader.name(), let west = reader.clock(hours: 24) else { return nil }
    standardOffset = -west
    if reader.atEnd {
      daylight = nil
      return
    }
    guard reader.name() else { return nil }
    var offset = standardOffset + 3600
    if reader.peek != UInt8(ascii: ",") {
      guard let west = reader.clock(hours: 24) else { return nil }
      offset = -west
    }
    guard let start = reader.change(), let end = reader.change(), reader.atEnd else { return nil }
    daylight = Daylight(offset: offset, start: start, end: end)
  }

  private struct Reader {
    private var rest: ArraySlice<UInt8>

    init(_ text: some Sequence<UInt8>) {
      rest = Array(text)[...]
    }

    var atEnd: Bool { rest.isEmpty }
    var peek: UInt8? { rest.first }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
      guard rest.first == UInt8(ascii: character) else { return false }
      rest.removeFirst()
      return true
    }

    /// An abbreviation: three letters or more, or anything in angle brackets.
    mutating func name() -> Bool {
      if take("<") {
        guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return false }
        rest = rest[(end + 1)...]
        return true
      }
      let letters = rest.prefix { (0x41...0x5a).contains($0) || (0x61...0x7a).contains($0) }
      rest = rest.dropFirst(letters.count)
      return letters.count >= 3
    }

    mutating func number(_ range: ClosedRange<Int>) -> Int? {
      let digits = rest.prefix { (0x30...0x39).contains($0) }
      guard (1...3).contains(digits.count) else { return nil }
      rest = rest.dropFirst(digits.count)
      let number = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
      return range.contains(number) ? number : nil
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    mutating func clock(hours: Int) -> Int? {
      let sign = take("-") ? -1 : 1
      if sign == 1 { _ = take("+") }
      guard var seconds = number(0...hours).map({ $0 * 3600 }) else { return nil }
      for unit in [60, 1] {
        guard take(":") else { break }
        guard let part = number(0...59) else { return nil }
        seconds += part * unit
      }
      return sign * seconds
    }

    /// `,day[/time]`. Two in the morning where no time stands.
    mutating func change() -> Change? {
      guard take(","), let day = day() else { return nil }
      if !take("/") { return Change(day: day, time: 7200) }
      return clock(hours: 167).map { Change(day: day, time: $0) }
    }

    private mutating func day() -> Day? {
      if take("J") { return number(1...365).map(Day.withoutLeapDay) }
      guard take("M") else { return number(0...365).map(Day.ofYear) }
      guard let month = number(1...12), take("."), let week = number(1...5), take("."), let weekday = number(0...6)
      else { return nil }
      return .weekday(month: month, week: week, weekday: weekday)
    }
  }
}
