/// Why a cron expression, or its time zone, was refused.
struct CronError: Error, Equatable, CustomStringConvertible {
  enum Reason: Equatable {
    /// The number of fields is not five.
    case fieldCount(Int)
    /// An `@` name that is none.
    case unknownShorthand
    /// A field's text, or one element of its list, cannot be read. `problem` says more where more is known.
    case field(CronField, text: String, problem: String?)
    case timeZone(TimeZoneError)
  }

  /// The whole expression as it was given.
  let expression: String
  let reason: Reason

  var description: String {
    switch reason {
    case .fieldCount(let count):
      let hint = count == 6 ? "; there is no field for seconds" : ""
      return "cron expression \"\(expression)\" has \(count) field\(count == 1 ? "" : "s"), expected 5: "
        + "minute, hour, day of month, month, day of week, as in \"0 9 * * 1-5\"\(hint)"
    case .unknownShorthand:
      let hint = expression.lowercased() == "@reboot" ? " (for something to do at the start there is box.on_start)" : ""
      return "cron expression \"\(expression)\" is not known, expected "
        + "@hourly, @daily, @weekly, @monthly, @yearly or five fields as in \"0 9 * * 1-5\"\(hint)"
    case .field(let field, let text, let problem):
      let detail = problem.map { ": \($0)" } ?? ""
      return "cron expression \"\(expression)\": \(field.name) is \"\(text)\", expected \(field.allowed)\(detail)"
    case .timeZone(let error):
      return "cron expression \"\(expression)\": \(error)"
    }
  }
}
