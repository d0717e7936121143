/// Dates as HTTP writes them: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7).
enum HTTPDate {
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  /// Seconds since 1970; nil for text that is no such date.
  static func parse(_ text: String) -> Int64? {
    // In bytes: every answer has a date.
    let words = Array(text.utf8).split(separator: UInt8(ascii: " "))
    guard words.count == 6, words[5].elementsEqual("GMT".utf8), words[0].last == UInt8(ascii: ",") else {
      return nil
    }
    guard let day = number(words[1], digits: 1...2),
      let month = months.firstIndex(where: { words[2].elementsEqual($0.utf8) }),
      let year = number(words[3], digits: 4...4), day >= 1, day <= CivilDate.daysInMonth(month + 1, of: year)
    else { return nil }
    let clock = words[4].split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map {
      number($0, digits: 2...2)
    }
    guard clock.count == 3, let hour = clock[0], let minute = clock[1], let second = clock[2] else { return nil }
    guard hour <= 23, minute <= 59, second <= 60 else { return nil }
    return CivilDate(year: year, month: month + 1, day: day).daysSince1970 * 86_400
      + Int64(hour * 3600 + minute * 60 + second)
  }

  private static func number(_ word: ArraySlice<UInt8>, digits: ClosedRange<Int>) -> Int? {
    guard digits.contains(word.count), word.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return word.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }
}
