import Testing
import Watcher

@testable import boxwatch

@Suite("A status report for people")
struct StatusTextTests {
  private static let report = """
    {"running":true,"time":"2026-01-05T12:00:00Z","version":"1.0.0","process":12,"since":"2026-01-05T09:00:00Z",\
    "streams":[{"name":"default","type":"all","caught_up":true,"events":1204,"newest_event":"2026-01-05T11:59:57Z"},\
    {"name":"admin","type":"admin_logs","events":3,"held_by":{"since":"2026-01-05T11:00:00Z","reason":"rules/slow.lua"}},\
    {"name":"late","type":"admin_logs","waiting":{"until":"2026-01-05T12:00:45Z","reason":"an error","error":"HTTP 503"}},\
    {"name":"dead","type":"all","stopped":"403 Forbidden"}],\
    "rules":[{"namespace":"slow","path":"rules/slow.lua","handlers":3,"quarantined":1,"backlog":100000,"parked":2,\
    "suppressed_alerts":12,"shadow_alerts":0,"skipped_ticks":0,"next_due":"2026-01-05T12:05:00Z"},\
    {"namespace":"old\\u001b[2J","backlog":1,"parked":0},{"namespace":"b","path":"b.lua","busy":true,"backlog":0,"parked":0}],\
    "sinks":[{"name":"slack","pending":2,"parked":1}],\
    "quarantined":[{"handler":"slow/big","since":"2026-01-05T10:00:00Z","reason":"out of budget"}],\
    "gaps":[{"stream":"default","noticed":"2026-01-05T08:00:00Z","from":"a","reason":"the position is gone","filled":false},\
    {"stream":"default","noticed":"2026-01-04T08:00:00Z","reason":"older","filled":true}],\
    "parked_events":2,"parked_deliveries":1,"seen_events":250000,\
    "ledger_trouble":{"since":"2026-01-05T11:59:00Z","reason":"the disk is full"},"wal_bytes":1572864,"rule_memory":4096,\
    "counters":{"events":1207,"pages":310,"failures":2,"parked":3,"retried":0,"alerts":1,"commits":400}}
    """

  private static func lines(_ json: String, screen: Int?) throws -> [String] {
    StatusText(try ControlCoding.decode(StatusReport.self, from: Array(json.utf8)), directory: "st", screen: screen)
      .lines
  }

  @Test("says what wants a person: each trouble with its reason and since when")
  func attention() throws {
    let lines = try Self.lines(Self.report, screen: nil)
    for line in [
      "boxwatch 1.0.0 on st, process 12", "running for 3 h, since 2026-01-05T09:00:00Z",
      "  the ledger cannot be written since 2026-01-05T11:59:00Z: the disk is full",
      "  stream admin is held since 2026-01-05T11:00:00Z by rules/slow.lua: its backlog is full",
      "  stream late: HTTP 503", "  stream dead has ended: 403 Forbidden",
      "  rule slow/big is set aside since 2026-01-05T10:00:00Z: out of budget",
      "  stream default has a gap from a, noticed 2026-01-05T08:00:00Z: the position is gone",
      "  parked: 2 events, 1 delivery; see boxwatch parked list",
      "since the start: 1207 events, 310 pages, 1 alert, 2 failures",
      "ledger: 250000 events remembered as handled, log 1.5 MiB, rules' memory 4 KiB",
    ] {
      #expect(lines.contains(line), "\(line)")
    }
    #expect(!lines.contains { $0.contains("older") })
  }

  @Test("has aligned tables that fit 80 columns, and moves no cursor")
  func tables() throws {
    let lines = try Self.lines(Self.report, screen: 80)
    #expect(lines.contains("STREAM   TYPE        STATE                   EVENTS  NEWEST"))
    #expect(lines.contains("default  all         caught up                 1204  3 s ago"))
    #expect(lines.contains("admin    admin_logs  held by a rule               3"))
    #expect(lines.contains("late     admin_logs  an error, next in 45 s"))
    #expect(lines.contains("SINK   PENDING  PARKED"))
    #expect(lines.contains("slack        2       1"))
    let rules = lines.drop { !$0.hasPrefix("RULE") }.prefix(4)
    #expect(rules.allSatisfy { $0.count <= 80 })
    #expect(rules.dropFirst().first?.contains("2 of 3") == true)
    #expect(rules.contains { $0.contains("(not loaded)") && $0.contains("\\u{1B}") })
    #expect(rules.contains { $0.contains("busy") })
    #expect(!lines.contains { $0.contains("\u{1B}") })
  }

  @Test("without a watcher only what the ledger knows")
  func stored() throws {
    let json = """
      {"running":false,"time":"2026-01-05T12:00:00Z","streams":[{"name":"default","position":"77"}],"rules":[],\
      "sinks":[],"quarantined":[],"gaps":[],"parked_events":0,"parked_deliveries":0,"seen_events":1}
      """
    #expect(
      try Self.lines(json, screen: nil) == [
        "No watcher runs on st; this is what its ledger holds.", "", "STREAM   POSITION", "default  77", "",
        "ledger: 1 event remembered as handled",
      ])
  }
}
