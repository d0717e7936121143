/// A day of the Gregorian calendar, which RFC 3339, HTTP, cron expressions and time zones count with.
package struct CivilDate: Equatable, Sendable {
  package var year: Int
  /// From 1 to 12.
  package var month: Int
  /// From 1.
  package var day: Int

  package init(year: Int, month: Int, day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// The calendar repeats after 400 years, which are a whole number of weeks too.
  package static let daysInCycle: Int64 = 146_097

  /// Counts the year from March, so that the leap day comes last in it.
  package init(daysSince1970 days: Int64) {
    let shifted = days + 719_468
    let cycle = shifted.floored(by: Self.daysInCycle)
    let dayOfCycle = Int(shifted - cycle * Self.daysInCycle)
    let yearOfCycle = (dayOfCycle - dayOfCycle / 1460 + dayOfCycle / 36_524 - dayOfCycle / 146_096) / 365
    let dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfCycle + Int(cycle) * 400 + (month <= 2 ? 1 : 0)
  }

  package var daysSince1970: Int64 {
    let shifted = Int64(month <= 2 ? year - 1 : year)
    let cycle = shifted.floored(by: 400)
    let yearOfCycle = shifted - cycle * 400
    let dayOfYear = Int64((153 * ((month + 9) % 12) + 2) / 5 + day - 1)
    return cycle * Self.daysInCycle + yearOfCycle * 365 + yearOfCycle / 4 - yearOfCycle / 100 + dayOfYear - 719_468
  }

  /// The first day of the month after this day's.
  package var startOfNextMonth: CivilDate {
    month == 12 ? CivilDate(year: year + 1, month: 1, day: 1) : CivilDate(year: year, month: month + 1, day: 1)
  }

  package static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  package static func daysInMonth(_ month: Int, of year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// From 0, which is Sunday.
  package static func weekday(daysSince1970 days: Int64) -> Int {
    let shifted = days + 4
    return Int(shifted - shifted.floored(by: 7) * 7)
  }
}

extension Int64 {
  /// The quotient rounded towards minus infinity.
  package func floored(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
