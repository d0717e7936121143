import BoxClient
import Testing

@testable import RuleEngine

@Suite("Deduplication of alerts")
struct DeduplicatorTests {
  private func at(_ seconds: Int64) -> Timestamp { Timestamp(seconds: 1_800_000_000 + seconds) }
  private let hour = Duration.seconds(3600)

  private func admit(
    _ alerts: inout Deduplicator<String>, _ key: String, rule: String = "r", at time: Int64
  ) -> Bool {
    alerts.admits(rule: rule, key: key, for: hour, subject: "sent at \(time)", at: at(time))
  }

  @Test("A period that a clock that was ahead has begun is over")
  func clockSetBack() {
    var alerts = Deduplicator<String>()
    #expect(admit(&alerts, "a", at: 7200))
    #expect(admit(&alerts, "a", at: 0))
    #expect(!admit(&alerts, "a", at: 10))
  }

  @Test("A clock that steps back a little ends no period")
  func clockSetRight() {
    var alerts = Deduplicator<String>()
    #expect(admit(&alerts, "a", at: 100))
    #expect(!admit(&alerts, "a", at: 99))
    #expect(!admit(&alerts, "a", at: 3699))
    #expect(admit(&alerts, "a", at: 3700))
  }

  @Test("Repeats within the period are held back, and summed up when it ends")
  func heldBack() throws {
    var alerts = Deduplicator<String>()
    #expect(admit(&alerts, "a", at: 0))
    #expect(!admit(&alerts, "a", at: 10))
    #expect(!admit(&alerts, "a", at: 3599))
    #expect(admit(&alerts, "b", at: 20))
    #expect(alerts.nextDue == at(3600))
    #expect(alerts.expired(at: at(3599)).isEmpty)
    let summary = try #require(alerts.expired(at: at(3600)).first)
    #expect(summary.rule == "r")
    #expect(summary.key == "a")
    #expect(summary.heldBack == 2)
    #expect(summary.firstAt == at(10))
    #expect(summary.lastAt == at(3599))
    #expect(summary.period.sentAt == at(0))
    #expect(summary.period.subject == "sent at 0")
    #expect(alerts.nextDue == at(3620))
    // Nothing was held back for "b".
    #expect(alerts.expired(at: at(4000)).isEmpty)
    #expect(alerts.nextDue == nil)
    #expect(alerts.periods.isEmpty)
  }

  @Test("At its end the period is over: the next alert is sent and begins another")
  func anew() {
    var alerts = Deduplicator<String>()
    #expect(admit(&alerts, "a", at: 0))
    #expect(admit(&alerts, "a", at: 3600))
    #expect(!admit(&alerts, "a", at: 3601))
  }

  @Test("A summary that nobody asked for before the key's next period is not lost")
  func overtaken() {
    var alerts = Deduplicator<String>()
    #expect(admit(&alerts, "a", at: 0))
    #expect(!admit(&alerts, "a", at: 1))
    #expect(admit(&alerts, "a", at: 5000))
    #expect(!admit(&alerts, "a", at: 5001))
    #expect(alerts.nextDue == at(3600))
    #expect(alerts.expired(at: at(5001)).map(\.period.subject) == ["sent at 0"])
    #expect(alerts.nextDue == at(8600))
    #expect(alerts.expired(at: at(8600)).map(\.period.subject) == ["sent at 5000"])
  }

  @Test("A period of zero holds nothing back and remembers nothing")
  func off() {
    var alerts = Deduplicator<String>()
    for _ in 0..<3 {
      let isSent = alerts.admits(rule: "r", key: "a", for: .zero, subject: "", at: at(0))
      #expect(isSent)
    }
    #expect(alerts.periods.isEmpty)
  }

  @Test("Rules with the same key do not hold back each other's alerts")
  func rules() {
    var alerts = Deduplicator<String>()
    #expect(admit(&alerts, "a", rule: "r", at: 0))
    #expect(admit(&alerts, "a", rule: "s", at: 0))
    #expect(admit(&alerts, "", rule: "ra", at: 0))
  }

  @Test("At the stop all summaries come, by the ends of their periods, and the periods go on")
  func drain() {
    var alerts = Deduplicator<String>()
    for (index, key) in ["c", "a", "b", "none"].enumerated() {
      #expect(admit(&alerts, key, at: Int64(10 - index)))
      if key != "none" { #expect(!admit(&alerts, key, at: 20)) }
    }
    #expect(alerts.drain().map(\.key) == ["b", "a", "c"])
    #expect(alerts.drain().isEmpty)
    #expect(!admit(&alerts, "a", at: 21))
    #expect(alerts.drain().map(\.heldBack) == [1])
    #expect(alerts.expired(at: at(99_999)).isEmpty)
    #expect(admit(&alerts, "a", at: 99_999))
  }

  @Test("Summaries come by the ends of their periods, whatever the order in which these began")
  func order() {
    var random = SplitMix(seed: 11)
    var alerts = Deduplicator<String>()
    for number in 0..<500 {
      let duration = Duration.seconds(Int64(1 + random.next() % 1000))
      for _ in 0..<2 { _ = alerts.admits(rule: "r", key: "\(number)", for: duration, subject: "", at: at(0)) }
    }
    var ends: [Timestamp] = []
    while let due = alerts.nextDue { ends += alerts.expired(at: due).map(\.period.end) }
    #expect(ends.count == 500)
    #expect(ends == ends.sorted())
  }

  @Test("What a handler that fails sent, held back and summed up is taken back")
  func rollBack() {
    var alerts = Deduplicator<String>()
    #expect(admit(&alerts, "a", at: 0))
    #expect(!admit(&alerts, "a", at: 1))
    alerts.begin()
    #expect(!admit(&alerts, "a", at: 2))
    #expect(admit(&alerts, "new", at: 2))
    #expect(admit(&alerts, "a", at: 4000))
    #expect(alerts.expired(at: at(9000)).count == 1)
    alerts.rollBack()
    #expect(alerts.periods[.init(rule: "r", key: "new")] == nil)
    #expect(alerts.nextDue.map { $0 <= at(3600) } == true)
    #expect(alerts.expired(at: at(3600)).map(\.heldBack) == [1])
    #expect(alerts.expired(at: at(99_999)).isEmpty)
  }

  @Test("A commit names the keys that changed")
  func commit() {
    var alerts = Deduplicator<String>()
    #expect(admit(&alerts, "a", at: 0))
    alerts.begin()
    #expect(!admit(&alerts, "a", at: 1))
    #expect(admit(&alerts, "b", at: 1))
    #expect(alerts.commit() == [.init(rule: "r", key: "a"), .init(rule: "r", key: "b")])
  }

  @Test("Periods that an earlier run has left go on")
  func restored() {
    var alerts = Deduplicator<String>()
    #expect(admit(&alerts, "a", at: 0))
    #expect(!admit(&alerts, "a", at: 1))
    var restored = Deduplicator(periods: alerts.periods, overtaken: alerts.overtaken)
    #expect(!admit(&restored, "a", at: 2))
    #expect(restored.expired(at: at(3600)).map(\.heldBack) == [2])
  }
}
