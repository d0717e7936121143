import Testing

@testable import RuleEngine

@Suite("A cron expression")
struct CronExpressionTests {
  private func values(_ text: String, _ field: CronField) throws -> [Int] {
    let values = try field.values(of: text)
    return (0..<64).filter { values.contains($0) }
  }

  @Test(
    "Lists, ranges, steps and names are read",
    arguments: [
      ("5", .minute, [5]), ("0,30", .minute, [0, 30]), ("10-12", .minute, [10, 11, 12]),
      ("*/20", .minute, [0, 20, 40]), ("10-30/10", .minute, [10, 20, 30]), ("50/4", .minute, [50, 54, 58]),
      ("1-3,2-4,59", .minute, [1, 2, 3, 4, 59]), ("05", .hour, [5]), ("*/6", .hour, [0, 6, 12, 18]),
      ("MAR,oct-Dec", .month, [3, 10, 11, 12]), ("*/5", .month, [1, 6, 11]), ("MON-FRI", .dayOfWeek, [1, 2, 3, 4, 5]),
      ("7", .dayOfWeek, [0]), ("0,7", .dayOfWeek, [0]), ("5-7", .dayOfWeek, [0, 5, 6]),
      ("sat-sun", .dayOfWeek, [0, 6]),
      ("*", .dayOfWeek, [0, 1, 2, 3, 4, 5, 6]), ("?", .dayOfWeek, [0, 1, 2, 3, 4, 5, 6]),
      ("*/2", .dayOfWeek, [0, 2, 4, 6]), ("0-7", .dayOfWeek, [0, 1, 2, 3, 4, 5, 6]),
    ] as [(String, CronField, [Int])])
  func read(text: String, field: CronField, expected: [Int]) throws {
    #expect(try values(text, field) == expected)
  }

  @Test(
    "What is wrong is told with the field, what came and what is allowed",
    arguments: [
      ("60 * * * *", "minute is \"60\", expected 0-59"),
      ("* 24 * * *", "hour is \"24\", expected 0-23"),
      ("* * 0 * *", "day of month is \"0\", expected 1-31"),
      ("* * * FOO *", "month is \"FOO\", expected 1-12 or JAN-DEC"),
      ("* * * * 8", "day of week is \"8\", expected 0-7 (0 and 7 are Sunday) or SUN-SAT"),
      ("* 22-2 * * *", "hour is \"22-2\", expected 0-23: the range \"22-2\" runs backwards; write \"22-23,0-2\""),
      ("*/0 * * * *", "minute is \"*/0\", expected 0-59: the step behind \"/\" must be 1-59"),
      ("*/90 * * * *", "minute is \"*/90\", expected 0-59: the step behind \"/\" must be 1-59"),
      ("? * * * *", "minute is \"?\", expected 0-59: \"?\" stands only in the fields for days; write \"*\""),
      ("1,,2 * * * *", "minute is \"1,,2\", expected 0-59"), ("1- * * * *", "minute is \"1-\", expected 0-59"),
      ("-1 * * * *", "minute is \"-1\", expected 0-59"), ("+1 * * * *", "minute is \"+1\", expected 0-59"),
      ("٣ * * * *", "minute is \"٣\", expected 0-59"), ("1-2-3 * * * *", "minute is \"1-2-3\", expected 0-59"),
      ("99999999999999999999 * * * *", "minute is \"99999999999999999999\", expected 0-59"),
    ])
  func refused(text: String, message: String) throws {
    let error = try #require(throws: CronError.self) { try CronExpression(text) }
    #expect(error.description == "cron expression \"\(text)\": \(message)")
  }

  @Test("A wrong number of fields is told with the number")
  func fieldCount() throws {
    let few = try #require(throws: CronError.self) { try CronExpression("0 9 * *") }
    #expect(
      few.description == "cron expression \"0 9 * *\" has 4 fields, expected 5: "
        + "minute, hour, day of month, month, day of week, as in \"0 9 * * 1-5\"")
    let many = try #require(throws: CronError.self) { try CronExpression("0 0 9 * * *") }
    #expect(many.description.hasSuffix("; there is no field for seconds"))
    #expect(throws: CronError.self) { try CronExpression("") }
  }

  @Test(
    "The short names stand for their fields",
    arguments: [
      ("@hourly", "0 * * * *"), ("@daily", "0 0 * * *"), ("@weekly", "0 0 * * SUN"), ("@monthly", "0 0 1 * *"),
      ("@yearly", "0 0 1 1 *"), ("@Annually", "0 0 1 JAN *"),
    ])
  func shorthand(name: String, fields: String) throws {
    #expect(try CronExpression(name) == CronExpression(fields))
  }

  @Test("An unknown short name is told, and what there is for @reboot")
  func unknownShorthand() throws {
    let error = try #require(throws: CronError.self) { try CronExpression("@reboot") }
    #expect(error.description.contains("@hourly, @daily, @weekly, @monthly, @yearly"))
    #expect(error.description.contains("box.on_start"))
  }

  @Test("Tabs and several spaces part fields like one space")
  func blanks() throws {
    #expect(try CronExpression(" 0\t9  * * 1-5 ") == CronExpression("0 9 * * 1-5"))
  }
}
