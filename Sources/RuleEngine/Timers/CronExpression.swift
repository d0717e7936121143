import BoxClient

/// A cron expression: five fields, or one of the `@` names. It knows days and minutes, not time zones.
struct CronExpression: Equatable, Sendable {
  let minutes: CronValues
  let hours: CronValues
  let daysOfMonth: CronValues
  let months: CronValues
  let daysOfWeek: CronValues

  init(_ text: String) throws(CronError) {
    let trimmed = text.split(whereSeparator: Self.isBlank)
    var words = trimmed.map(String.init)
    if words.count == 1, words[0].hasPrefix("@") {
      guard let fields = Self.shorthands[words[0].lowercased()] else {
        throw CronError(expression: words[0], reason: .unknownShorthand)
      }
      words = fields.split(separator: " ").map(String.init)
    }
    guard words.count == 5 else { throw CronError(expression: text, reason: .fieldCount(words.count)) }
    minutes = try Self.read(words[0], as: .minute, in: text)
    hours = try Self.read(words[1], as: .hour, in: text)
    daysOfMonth = try Self.read(words[2], as: .dayOfMonth, in: text)
    months = try Self.read(words[3], as: .month, in: text)
    daysOfWeek = try Self.read(words[4], as: .dayOfWeek, in: text)
  }

  /// Vixie's rule: where both fields for days are restricted, a day that matches either will do; where one of them
  /// begins with `*`, a day must match both.
  func matches(_ date: CivilDate, weekday: Int) -> Bool {
    guard months.contains(date.month) else { return false }
    let byMonth = daysOfMonth.contains(date.day)
    let byWeek = daysOfWeek.contains(weekday)
    return daysOfMonth.isWildcard || daysOfWeek.isWildcard ? byMonth && byWeek : byMonth || byWeek
  }

  /// The first minute of the day, counted from midnight, that matches and is not before `least`.
  func minuteOfDay(from least: Int) -> Int? {
    guard let hour = hours.first(from: least / 60) else { return nil }
    if hour == least / 60, let minute = minutes.first(from: least % 60) { return hour * 60 + minute }
    guard let later = hour == least / 60 ? hours.first(from: hour + 1) : hour, let minute = minutes.first(from: 0)
    else { return nil }
    return later * 60 + minute
  }

  private static let shorthands = [
    "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
  ]

  private static func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }

  private static func read(_ word: String, as field: CronField, in text: String) throws(CronError) -> CronValues {
    do {
      return try field.values(of: word)
    } catch {
      throw CronError(expression: text, reason: .field(field, text: word, problem: error.text))
    }
  }
}
