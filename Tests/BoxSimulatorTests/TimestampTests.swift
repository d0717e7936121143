import Testing

@testable import BoxSimulator

@Suite("Times")
struct TimestampTests {
  @Test(
    "are written with the account's offset, which follows daylight saving time",
    arguments: [
      (1_767_603_600, "2026-01-05T01:00:00-08:00"), (1_658_240_284, "2022-07-19T07:18:04-07:00"),
      // The two hours around each change of 2026: 8 March, 1 November.
      (1_772_963_999, "2026-03-08T01:59:59-08:00"), (1_772_964_000, "2026-03-08T03:00:00-07:00"),
      (1_793_523_599, "2026-11-01T01:59:59-07:00"), (1_793_523_600, "2026-11-01T01:00:00-08:00"),
      (951_782_400, "2000-02-28T16:00:00-08:00"),
    ] as [(Int64, String)])
  func writing(seconds: Int64, text: String) {
    #expect(Timestamp.text(secondsSince1970: seconds) == text)
    #expect(Timestamp.secondsSince1970(text) == seconds)
  }

  @Test(
    "are read with any offset and fraction",
    arguments: [
      ("2013-04-17T09:12:36-00:00", 1_366_189_956), ("2013-04-17T09:12:36Z", 1_366_189_956),
      ("2013-04-17t09:12:36.123456z", 1_366_189_956), ("2013-04-17T14:42:36+05:30", 1_366_189_956),
      ("1969-12-31T23:59:59Z", -1), ("2024-02-29T00:00:00Z", 1_709_164_800),
    ] as [(String, Int64)])
  func reading(text: String, seconds: Int64) {
    #expect(Timestamp.secondsSince1970(text) == seconds)
  }

  @Test(
    "that are none are refused",
    arguments: [
      "", "now", "2013-04-17", "2013-04-17T09:12:36", "2013-04-17 09:12:36Z", "2013-04-17T09:12:36 05:30",
      "2013-13-17T09:12:36Z", "2013-02-29T09:12:36Z", "2013-04-17T24:00:00Z", "2013-04-17T09:12:36Z ",
      "2013-04-17T09:12:36.Z", "1366189956",
    ])
  func refusing(text: String) {
    #expect(Timestamp.secondsSince1970(text) == nil)
  }
}
