import Foundation
import Testing

@testable import BoxClient

@Suite("A moment")
struct TimestampTests {
  @Test(
    "RFC 3339 is read with offsets, fractions and the liberties that it allows",
    arguments: [
      ("1970-01-01T00:00:00Z", 0, 0),
      ("2026-01-05T09:14:00-08:00", 1_767_633_240, 0),
      ("2026-01-05T17:14:00Z", 1_767_633_240, 0),
      ("2026-01-05T17:14:00-00:00", 1_767_633_240, 0),
      ("2026-01-05t17:14:00z", 1_767_633_240, 0),
      ("2026-01-05 17:14:00+00:00", 1_767_633_240, 0),
      ("2026-01-05T09:14:00-0800", 1_767_633_240, 0),
      ("2026-01-06T17:13:00+23:59", 1_767_633_240, 0),
      ("2026-03-01T00:30:00+02:00", 1_772_317_800, 0),
      ("2024-02-29T12:00:00Z", 1_709_208_000, 0),
      ("2000-02-29T00:00:00Z", 951_782_400, 0),
      ("1969-12-31T23:59:59.5Z", -1, 500_000_000),
      ("2016-12-31T23:59:60Z", 1_483_228_800, 0),
      ("2026-01-05T17:14:00.123456789Z", 1_767_633_240, 123_456_789),
      ("2026-01-05T17:14:00.1234567899999Z", 1_767_633_240, 123_456_789),
      ("2026-01-05T17:14:00.000000001-00:00", 1_767_633_240, 1),
      ("0000-01-01T00:00:00Z", -62_167_219_200, 0),
      ("9999-12-31T23:59:59Z", 253_402_300_799, 0),
    ] as [(String, Int64, Int32)])
  func read(text: String, seconds: Int64, nanoseconds: Int32) {
    #expect(Timestamp(text) == Timestamp(seconds: seconds, nanoseconds: nanoseconds))
  }

  @Test(
    "Anything else is no moment",
    arguments: [
      "", "now", "2026-01-05", "2026-01-05T17:14:00", "2026-01-05T17:14Z", "2026-1-05T17:14:00Z", "26-01-05T17:14:00Z",
      "2026-00-05T17:14:00Z", "2026-13-05T17:14:00Z", "2026-01-00T17:14:00Z", "2026-01-32T17:14:00Z",
      "2026-04-31T17:14:00Z", "2023-02-29T17:14:00Z", "1900-02-29T17:14:00Z", "2026-01-05T24:00:00Z",
      "2026-01-05T17:60:00Z", "2026-01-05T17:14:61Z", "2026-01-05T17:14:00.Z", "2026-01-05T17:14:00,5Z",
      "2026-01-05T17:14:00+24:00", "2026-01-05T17:14:00+05:60", "2026-01-05T17:14:00+5:00", "2026-01-05T17:14:00+05",
      "2026-01-05T17:14:00Zulu", " 2026-01-05T17:14:00Z", "2026-01-05T17:14:00Z ", "-026-01-05T17:14:00Z",
      "2026-01-05T17:14:00 -08:00", "２０２６-01-05T17:14:00Z", "2026/01/05T17:14:00Z", "1767633240",
    ])
  func unreadable(text: String) {
    #expect(Timestamp(text) == nil)
  }

  @Test(
    "A moment is written in UTC, with a fraction only where there is one",
    arguments: [
      (1_767_633_240, 0, "2026-01-05T17:14:00Z"),
      (1_767_633_240, 120_000_000, "2026-01-05T17:14:00.12Z"),
      (1_767_633_240, 1, "2026-01-05T17:14:00.000000001Z"),
      (-1, 999_999_999, "1969-12-31T23:59:59.999999999Z"),
      (-62_135_596_800, 0, "0001-01-01T00:00:00Z"),
    ] as [(Int64, Int32, String)])
  func written(seconds: Int64, nanoseconds: Int32, text: String) {
    #expect("\(Timestamp(seconds: seconds, nanoseconds: nanoseconds))" == text)
  }

  @Test("A query has Box's own form, without a fraction")
  func queryText() {
    #expect(Timestamp(seconds: 1_767_633_240, nanoseconds: 5).queryText == "2026-01-05T17:14:00-00:00")
  }

  @Test("Every second of ten thousand years reads back as it was written, and agrees with the C library")
  func roundTrips() throws {
    var random = SplitMix64(state: 11)
    for _ in 0..<5000 {
      let moment = Timestamp(
        seconds: .random(in: -62_135_596_800...253_402_300_799, using: &random),
        nanoseconds: Bool.random(using: &random) ? 0 : .random(in: 0...999_999_999, using: &random))
      var seconds = time_t(moment.seconds)
      var civil = tm()
      try #require(gmtime_r(&seconds, &civil) != nil)
      let text = moment.description
      let numbers = text.prefix(19).split { !$0.isNumber }.compactMap { Int32($0) }
      let expected = [civil.tm_year + 1900, civil.tm_mon + 1, civil.tm_mday, civil.tm_hour, civil.tm_min, civil.tm_sec]
      guard Timestamp(text) == moment, numbers == expected else {
        Issue.record("\(moment.seconds) s and \(moment.nanoseconds) ns are written as \(text)")
        return
      }
    }
  }

  @Test("Every offset names the same moment")
  func offsets() {
    var random = SplitMix64(state: 12)
    for _ in 0..<500 {
      let moment = Timestamp(seconds: .random(in: 0...4_000_000_000, using: &random))
      let minutes = Int.random(in: -1439...1439, using: &random)
      let local = "\(moment + .seconds(minutes * 60))".dropLast()
      func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
      let offset = "\(minutes < 0 ? "-" : "+")\(padded(abs(minutes) / 60)):\(padded(abs(minutes) % 60))"
      #expect(Timestamp(local + offset) == moment)
    }
  }

  @Test(
    "Durations are added across the second, forwards and backwards",
    arguments: [
      (10, 0, .milliseconds(-1), 9, 999_000_000),
      (10, 999_999_999, .nanoseconds(1), 11, 0),
      (10, 500_000_000, .milliseconds(-2500), 8, 0),
      (10, 500_000_000, .milliseconds(-500), 10, 0),
      (0, 1, .nanoseconds(-2), -1, 999_999_999),
      (-1, 999_999_999, .milliseconds(1001), 1, 999_999),
      (10, 0, .seconds(-86_400), -86_390, 0),
      (10, 7, .zero, 10, 7),
    ] as [(Int64, Int32, Duration, Int64, Int32)])
  func addition(seconds: Int64, nanoseconds: Int32, duration: Duration, sum: Int64, sumNanoseconds: Int32) {
    let moment = Timestamp(seconds: seconds, nanoseconds: nanoseconds)
    #expect(moment + duration == Timestamp(seconds: sum, nanoseconds: sumNanoseconds))
    #expect(moment + duration - duration == moment)
  }

  @Test("Arithmetic agrees with counting nanoseconds")
  func arithmetic() {
    var random = SplitMix64(state: 13)
    func count(_ moment: Timestamp) -> Int64 { moment.seconds * 1_000_000_000 + Int64(moment.nanoseconds) }
    for _ in 0..<5000 {
      let moment = Timestamp(
        seconds: .random(in: -3_000_000_000...3_000_000_000, using: &random),
        nanoseconds: .random(in: 0...999_999_999, using: &random))
      let change = Int64.random(in: -4_000_000_000_000_000_000...4_000_000_000_000_000_000, using: &random)
      let later = moment + .nanoseconds(change)
      guard count(later) == count(moment) + change, (0...999_999_999).contains(later.nanoseconds),
        moment - .nanoseconds(change) == moment + .nanoseconds(-change), (moment < later) == (change > 0)
      else {
        Issue.record("\(moment) and \(change) ns make \(later)")
        return
      }
    }
  }

  @Test("Moments are ordered by seconds, then by nanoseconds")
  func order() {
    let moments = [(-2, 999), (-1, 0), (0, 0), (0, 1), (0, 999_999_999), (1, 0)]
      .map { Timestamp(seconds: $0.0, nanoseconds: Int32($0.1)) }
    #expect(moments.reversed().sorted() == moments)
  }
}
