import BoxClient

/// A time zone as POSIX's `TZ` variable tells it, such as `CET-1CEST,M3.5.0,M10.5.0/3`: one distance from UTC, or two
/// with the days of the year on which they change. Files of the time zone database end with one.
struct POSIXTimeZone: Equatable, Sendable {
  /// Seconds east of UTC outside daylight saving time.
  let standardOffset: Int
  let daylight: Daylight?

  struct Daylight: Equatable, Sendable {
    /// Seconds east of UTC.
    let offset: Int
    let start: Change
    let end: Change
  }

  /// When in a year the clocks change.
  struct Change: Equatable, Sendable {
    let day: Day
    /// Seconds after that day's midnight on the clock that is about to change. From -167 to 167 hours, as TZif
    /// version 3 allows.
    let time: Int
  }

  enum Day: Equatable, Sendable {
    /// `Jn`: from 1 to 365; 29 February is not counted.
    case withoutLeapDay(Int)
    /// `n`: from 0 to 365; 29 February is counted.
    case ofYear(Int)
    /// `Mm.w.d`: the w-th weekday d (0 = Sunday) of a month; the fifth is the last.
    case weekday(month: Int, week: Int, weekday: Int)

    func daysSince1970(year: Int) -> Int64 {
      let newYear = CivilDate(year: year, month: 1, day: 1).daysSince1970
      switch self {
      case .withoutLeapDay(let number):
        return newYear + Int64(number - 1 + (CivilDate.isLeap(year) && number >= 60 ? 1 : 0))
      case .ofYear(let number):
        return newYear + Int64(number)
      case .weekday(let month, let week, let weekday):
        let first = CivilDate(year: year, month: month, day: 1).daysSince1970
        var day = 1 + (weekday - CivilDate.weekday(daysSince1970: first) + 7) % 7 + (week - 1) * 7
        if day > CivilDate.daysInMonth(month, of: year) { day -= 7 }
        return first + Int64(day - 1)
      }
    }
  }

  /// The time between two changes that a moment falls into.
  func period(at moment: Int64) -> TimeZoneRules.Period {
    guard let daylight else { return TimeZoneRules.Period(start: .min, end: .max, offset: standardOffset) }
    let year = CivilDate(daysSince1970: (moment + Int64(standardOffset)).floored(by: 86_400)).year
    var period = TimeZoneRules.Period(start: .min, end: .max, offset: standardOffset)
    for change in changes(in: year - 1...year + 1, of: daylight) {
      guard change.at <= moment else {
        period.end = change.at
        break
      }
      period.start = change.at
      period.offset = change.offset
    }
    return period
  }

  /// In order of time. Where daylight saving time never ends, its end and its next start fall together: the start comes
  /// last then, and wins.
  private func changes(in years: ClosedRange<Int>, of daylight: Daylight) -> [TimeZoneRules.Transition] {
    var changes: [TimeZoneRules.Transition] = []
    for year in years {
      let start = moment(of: daylight.start, year: year, clock: standardOffset)
      let end = moment(of: daylight.end, year: year, clock: daylight.offset)
      changes.append(TimeZoneRules.Transition(at: start, offset: daylight.offset))
      changes.append(TimeZoneRules.Transition(at: end, offset: standardOffset))
    }
    return changes.sorted { one, other in
      one.at != other.at ? one.at < other.at : one.offset == standardOffset && other.offset != standardOffset
    }
  }

  private func moment(of change: Change, year: Int, clock offset: Int) -> Int64 {
    change.day.daysSince1970(year: year) * 86_400 + Int64(change.time - offset)
  }
}
