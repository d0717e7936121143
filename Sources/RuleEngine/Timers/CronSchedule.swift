import BoxClient

/// When a cron expression is due in a time zone.
///
/// Where the clocks change, each time of the wall clock is due once: one that is skipped (02:30 in spring) at the first
/// minute after the gap, several of them together once; one that occurs twice (02:30 in autumn) at the first.
struct CronSchedule: Sendable {
  let expression: CronExpression
  private let zone: TimeZoneRules

  /// - Parameters:
  ///   - text: five fields, or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`.
  ///   - zone: a name of the time zone database, such as `Europe/Berlin`.
  /// - Throws: `CronError`, whose description names the field, what came and what is allowed.
  init(_ text: String, zone: String = "UTC") throws(CronError) {
    expression = try CronExpression(text)
    do {
      self.zone = try TimeZoneRules(named: zone)
    } catch {
      throw CronError(expression: text, reason: .timeZone(error))
    }
  }

  /// The first due moment after `after`. Nil where none ever comes (30 February), or before the year 0 or after 9999.
  ///
  /// Walks over the wall clock. That needs no step back, because the way from the wall clock to moments keeps the
  /// order: nothing that the wall clock shows before `after` is due later.
  func next(after: Timestamp) -> Timestamp? {
    guard Self.years.contains(after.seconds) else { return nil }
    let local = after.seconds + Int64(zone.offset(at: after.seconds))
    var day = local.floored(by: 86_400)
    var minute = Int(local - day * 86_400) / 60
    // The calendar repeats: what does not come within one cycle never comes.
    let lastDay = day + CivilDate.daysInCycle
    while day <= lastDay {
      let date = CivilDate(daysSince1970: day)
      if !expression.months.contains(date.month) {
        day = date.startOfNextMonth.daysSince1970
      } else {
        if expression.matches(date, weekday: CivilDate.weekday(daysSince1970: day)),
          let due = firstMoment(onDay: day, fromMinute: minute, after: after.seconds)
        {
          return Self.years.contains(due) ? Timestamp(seconds: due) : nil
        }
        day += 1
      }
      minute = 0
    }
    return nil
  }

  /// The years 0 to 9999, which RFC 3339 can write.
  private static let years: ClosedRange<Int64> = -62_167_219_200...253_402_300_799

  private func firstMoment(onDay day: Int64, fromMinute least: Int, after: Int64) -> Int64? {
    var least = least
    while least < 1440, let minute = expression.minuteOfDay(from: least) {
      let moment = zone.moment(ofLocal: day * 86_400 + Int64(minute) * 60)
      if moment > after { return moment }
      least = minute + 1
    }
    return nil
  }
}
