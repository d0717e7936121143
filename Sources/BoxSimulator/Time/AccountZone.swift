/// The account's time zone, in which Box writes times: `2022-07-19T07:18:04-07:00` (PROTOCOL.md §4, `created_at`).
/// The simulated account keeps US Pacific time, as the examples of Box's documentation do.
enum AccountZone {
  /// Seconds east of UTC at a moment: -8 h, and -7 h from the second Sunday of March to the first of November.
  static func offset(atSecondsSince1970 seconds: Int64) -> Int64 {
    let standard: Int64 = -8 * 3600
    let summer: Int64 = -7 * 3600
    let year = CivilTime(secondsSince1970: seconds + standard).year
    let begin = sunday(2, ofMonth: 3, year: year) + 2 * 3600 - standard
    let end = sunday(1, ofMonth: 11, year: year) + 2 * 3600 - summer
    return seconds >= begin && seconds < end ? summer : standard
  }

  /// Midnight of the month's `ordinal`-th Sunday, as if the zone were UTC.
  private static func sunday(_ ordinal: Int, ofMonth month: Int, year: Int) -> Int64 {
    let first = CivilTime(year: year, month: month, day: 1)
    let firstSunday = 1 + (7 - first.weekday) % 7
    return CivilTime(year: year, month: month, day: firstSunday + 7 * (ordinal - 1)).secondsSince1970
  }
}
