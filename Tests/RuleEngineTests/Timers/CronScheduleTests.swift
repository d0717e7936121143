import BoxClient
import Testing

@testable import RuleEngine

@Suite("A cron schedule")
struct CronScheduleTests {
  /// The next moments after `start`, as UTC.
  private func next(_ text: String, _ zone: String = "UTC", after start: String, count: Int) throws -> [String] {
    let schedule = try CronSchedule(text, zone: zone)
    var moment = try #require(Timestamp(start))
    var moments: [String] = []
    while moments.count < count, let next = schedule.next(after: moment) {
      moments.append(next.description)
      moment = next
    }
    return moments
  }

  @Test("Weekdays at nine")
  func weekdays() throws {
    // 2026-01-02 is a Friday.
    #expect(
      try next("0 9 * * 1-5", after: "2026-01-02T08:59:59Z", count: 3)
        == ["2026-01-02T09:00:00Z", "2026-01-05T09:00:00Z", "2026-01-06T09:00:00Z"])
  }

  @Test("The moment itself is not after itself, one nanosecond before it is before it")
  func strictlyAfter() throws {
    let schedule = try CronSchedule("0 9 * * *")
    let nine = try #require(Timestamp("2026-01-02T09:00:00Z"))
    #expect(schedule.next(after: nine) == Timestamp("2026-01-03T09:00:00Z"))
    #expect(schedule.next(after: nine - .nanoseconds(1)) == nine)
    #expect(schedule.next(after: nine + .nanoseconds(1)) == Timestamp("2026-01-03T09:00:00Z"))
  }

  @Test("Both fields for days restricted: either will do; one begins with a star: both must match")
  func vixie() throws {
    #expect(
      try next("0 0 13 * FRI", after: "2026-02-01T00:00:00Z", count: 5)
        == [
          "2026-02-06T00:00:00Z", "2026-02-13T00:00:00Z", "2026-02-20T00:00:00Z", "2026-02-27T00:00:00Z",
          "2026-03-06T00:00:00Z",
        ])
    #expect(
      try next("0 0 */13 * FRI", after: "2026-02-01T00:00:00Z", count: 3)
        == ["2026-02-27T00:00:00Z", "2026-03-27T00:00:00Z", "2026-05-01T00:00:00Z"])
    #expect(try next("0 0 ? * 7", after: "2026-02-01T00:00:00Z", count: 1) == ["2026-02-08T00:00:00Z"])
  }

  @Test("Leap days come every four years, but not in 2100")
  func leapDays() throws {
    #expect(
      try next("0 12 29 2 *", after: "2026-01-01T00:00:00Z", count: 2)
        == ["2028-02-29T12:00:00Z", "2032-02-29T12:00:00Z"])
    #expect(try next("0 12 29 FEB *", after: "2096-03-01T00:00:00Z", count: 1) == ["2104-02-29T12:00:00Z"])
    // A leap day that is a Sunday: across 2100 that takes forty years.
    #expect(try next("0 0 29 2 */7", after: "2088-03-01T00:00:00Z", count: 1) == ["2128-02-29T00:00:00Z"])
  }

  @Test("A date that never comes has no next", arguments: ["0 0 30 2 *", "0 0 31 2,4,6,9,11 *"])
  func never(text: String) throws {
    #expect(try next(text, after: "2026-01-01T00:00:00Z", count: 1).isEmpty)
  }

  @Test("30 February or a Monday is every Monday of February")
  func neverOrMonday() throws {
    #expect(try next("0 0 30 2 1", after: "2026-01-01T00:00:00Z", count: 1) == ["2026-02-02T00:00:00Z"])
  }

  @Test("Nothing is due beyond the year 9999, and times far out do no harm")
  func ends() throws {
    #expect(try next("@yearly", after: "9999-06-01T00:00:00Z", count: 1).isEmpty)
    let schedule = try CronSchedule("* * * * *", zone: "Europe/Berlin")
    #expect(schedule.next(after: Timestamp(seconds: .max)) == nil)
    #expect(schedule.next(after: Timestamp(seconds: .min)) == nil)
  }

  @Test("An hour that does not exist in Berlin runs at the next minute")
  func berlinGap() throws {
    #expect(
      try next("30 2 * * *", "Europe/Berlin", after: "2026-03-28T00:00:00Z", count: 3)
        == ["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"])
  }

  @Test("Several times in a gap, and one at its end, run once together")
  func gapOnce() throws {
    #expect(
      try next("*/15 2,3 29 3 *", "Europe/Berlin", after: "2026-03-29T00:00:00Z", count: 5)
        == [
          "2026-03-29T01:00:00Z", "2026-03-29T01:15:00Z", "2026-03-29T01:30:00Z", "2026-03-29T01:45:00Z",
          "2027-03-29T00:00:00Z",
        ])
  }

  @Test("An hour that occurs twice in Berlin runs once, the first time")
  func berlinOverlap() throws {
    #expect(
      try next("30 2 * * *", "Europe/Berlin", after: "2026-10-24T12:00:00Z", count: 2)
        == ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"])
    // Asked in the second of the two hours.
    #expect(
      try next("*/30 * * * *", "Europe/Berlin", after: "2026-10-25T01:10:00Z", count: 2)
        == ["2026-10-25T02:00:00Z", "2026-10-25T02:30:00Z"])
  }

  @Test("New York changes at two as well, and half past one occurs twice")
  func newYork() throws {
    #expect(
      try next("30 2 8 3 *", "America/New_York", after: "2026-01-01T00:00:00Z", count: 1) == ["2026-03-08T07:00:00Z"])
    #expect(
      try next("30 1 * * *", "America/New_York", after: "2026-11-01T00:00:00Z", count: 2)
        == ["2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"])
  }

  @Test("Lord Howe's clocks change by half an hour")
  func lordHowe() throws {
    // 2026-10-04: 02:00 becomes 02:30, from +10:30 to +11.
    #expect(
      try next("0,15,30,45 2 4 10 *", "Australia/Lord_Howe", after: "2026-10-03T12:00:00Z", count: 3)
        == ["2026-10-03T15:30:00Z", "2026-10-03T15:45:00Z", "2027-10-03T15:00:00Z"])
    // 2026-04-05: 02:00 becomes 01:30, from +11 to +10:30.
    #expect(
      try next("*/15 1 5 4 *", "Australia/Lord_Howe", after: "2026-04-04T12:00:00Z", count: 5)
        == [
          "2026-04-04T14:00:00Z", "2026-04-04T14:15:00Z", "2026-04-04T14:30:00Z", "2026-04-04T14:45:00Z",
          "2027-04-04T14:30:00Z",
        ])
  }

  @Test("A day that Samoa left out runs at midnight of the next, once")
  func samoa() throws {
    #expect(
      try next("0 9 * * *", "Pacific/Apia", after: "2011-12-29T20:00:00Z", count: 2)
        == ["2011-12-30T10:00:00Z", "2011-12-30T19:00:00Z"])
  }

  @Test("Far beyond the table the rule at the end of the file holds")
  func farFuture() throws {
    // The last Sundays of March and October 2400 are the 26th and the 29th.
    #expect(
      try next("30 2 26 3 *", "Europe/Berlin", after: "2400-01-01T00:00:00Z", count: 1) == ["2400-03-26T01:00:00Z"])
    #expect(
      try next("30 2 * * *", "Europe/Berlin", after: "2400-10-28T12:00:00Z", count: 2)
        == ["2400-10-29T00:30:00Z", "2400-10-30T01:30:00Z"])
  }

  @Test("An unknown time zone is told with its name")
  func unknownZone() throws {
    let error = try #require(throws: CronError.self) { try CronSchedule("@daily", zone: "Mars/Base") }
    #expect(error.description.hasPrefix("cron expression \"@daily\": time zone \"Mars/Base\" is not known"))
  }

  @Test("Moments of a schedule always rise, and each is on its minute of the wall clock or at the end of a gap")
  func rising() throws {
    let schedule = try CronSchedule("7,37 */2 * * *", zone: "Europe/Berlin")
    let zone = try TimeZoneRules(named: "Europe/Berlin")
    var moment = try #require(Timestamp("2026-03-01T00:00:00Z"))
    for _ in 0..<6000 {
      let next = try #require(schedule.next(after: moment))
      #expect(next > moment)
      let local = next.seconds + Int64(zone.offset(at: next.seconds))
      let minute = local.floored(by: 60) % 60
      #expect(minute == 7 || minute == 37 || zone.period(at: next.seconds).start == next.seconds)
      moment = next
    }
  }
}
