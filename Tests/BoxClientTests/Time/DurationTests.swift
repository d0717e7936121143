import BoxClient
import Testing

@Suite("A duration as users write it")
struct DurationTests {
  @Test(
    "Seconds, and parts with units, are read",
    arguments: [
      ("0", .zero), ("300", .seconds(300)), ("0.05", .milliseconds(50)), ("50ms", .milliseconds(50)),
      ("5s", .seconds(5)),
      ("5m", .seconds(300)), ("1h30m", .seconds(5400)), ("1.5h", .seconds(5400)), ("7d", .seconds(604_800)),
      ("2w", .seconds(1_209_600)), ("1w2d3h4m5s6ms", .seconds(788_645) + .milliseconds(6)), ("1m1m", .seconds(120)),
      ("1000w", .seconds(604_800_000)),
    ] as [(String, Duration)])
  func read(text: String, duration: Duration) throws {
    let difference = try #require(Duration(text: text)) - duration
    #expect(abs(difference / .nanoseconds(1)) < 1)
  }

  @Test(
    "Anything else is no duration",
    arguments: [
      "", " ", "s", "m5", "-5", "-5s", "+5", "5x", "5 s", "1h 30m", "1h30", "1.2.3", ".5", "5.", "5.s", "1e3", "0x10",
      "1_000", "nan", "inf", "5M", "5S", "٥s", "５s", "1h-30m", "5s\n", "99999999999w", "1001000000000000",
    ])
  func unreadable(text: String) {
    #expect(Duration(text: text) == nil)
  }

  @Test("A number without end is no duration, and no crash")
  func endless() {
    #expect(Duration(text: String(repeating: "9", count: 5000)) == nil)
    #expect(Duration(text: String(repeating: "9", count: 5000) + "w") == nil)
    #expect(Duration(text: String(repeating: "900w", count: 500)) == nil)
  }

  @Test(
    "A duration is told in the unit that a person would choose",
    arguments: [
      (.zero, "0 ms"), (.milliseconds(250), "250 ms"), (.microseconds(1600), "2 ms"), (.seconds(1), "1 s"),
      (.milliseconds(1500), "1.5 s"), (.milliseconds(1549), "1.5 s"), (.milliseconds(59_990), "60 s"),
      (.seconds(119), "119 s"),
      (.seconds(120), "2 min"), (.seconds(610), "10 min"), (.seconds(7100), "118 min"), (.seconds(7199), "2 h"),
      (.milliseconds(999_900), "17 min"), (.microseconds(999_900), "1 s"), (.seconds(7200), "2 h"),
      (.seconds(86_400), "24 h"),
    ] as [(Duration, String)])
  func told(duration: Duration, text: String) {
    #expect(duration.roundedText == text)
  }

  @Test("A clamped duration is not negative and not longer than its limit")
  func clamped() {
    #expect(Duration.seconds(-3).clamped(to: .seconds(5)) == .zero)
    #expect(Duration.seconds(3).clamped(to: .seconds(5)) == .seconds(3))
    #expect(Duration.seconds(7).clamped(to: .seconds(5)) == .seconds(5))
  }
}
