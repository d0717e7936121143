import BoxClient
import BoxSimulator
import Foundation
import Ledger
import RuleEngine
import Testing

@testable import Watcher

@Suite("A watcher", .serialized, .timeLimit(.minutes(4)))
struct WatchingTests {
  private static let counting = """
    box.on("*", function(event)
      box.file.append("seen.txt", event.event_id .. "\\n")
      box.file.write("total.txt", tostring(box.kv.incr("total")))
    end)
    """

  @Test("handles every event once, and none again after a restart")
  func once() async throws {
    try await WatchedAccount.with(backlog: 1234) { account in
      try account.rule("count", Self.counting)
      try await account.once()
      let first = account.lines("seen.txt")
      #expect(first.count == 1234)
      #expect(Set(first).count == 1234)
      try await account.once()
      #expect(account.lines("seen.txt") == first)
      #expect(account.output("total.txt") == "1234")
    }
  }

  @Test("goes on where it ended, with new events as they happen")
  func live() async throws {
    try await WatchedAccount.with(backlog: 10) { account in
      try account.rule("count", Self.counting)
      for round in 1...2 {
        try await account.watching { _ in
          _ = try account.simulator.append([#"{"event_type":"ITEM_UPLOAD"}"#])
          try await eventually("the event of round \(round)") { account.lines("seen.txt").count == 10 + round }
        }
      }
      #expect(account.output("total.txt") == "12")
    }
  }

  @Test("begins now where nothing else is said, and loses nothing of what happens then")
  func now() async throws {
    try await WatchedAccount.with(backlog: 50) { account in
      try account.rule("count", Self.counting)
      try await account.watching {
        $0.streams[0].from = .position(.now)
      } _: { _ in
        try await eventually("a stored position") { account.log.contains("watching default") }
        try await eventually("events") {
          _ = try account.simulator.append([#"{"event_type":"ITEM_UPLOAD"}"#])
          return account.lines("seen.txt").count > 3
        }
      }
      #expect(account.lines("seen.txt").count < 50)
    }
  }

  @Test("catches up once where no real-time server can be had")
  func onceWithoutServers() async throws {
    try await WatchedAccount.with(backlog: 5) { account in
      account.simulator.setFaults([Fault(.serverError, .probability(1), endpoint: .options)])
      try account.rule("count", Self.counting)
      try await account.once { $0.once = .init(timeout: .seconds(2)) }
      #expect(account.lines("seen.txt").count == 5)
    }
  }

  @Test("does not believe one empty answer before it ends", arguments: [false, true])
  func onceDoubts(isEnterprise: Bool) async throws {
    try await WatchedAccount.with(backlog: 5) { account in
      account.simulator.setFaults([Fault(.emptyZeroPosition, .count(1))])
      try account.rule("count", Self.counting)
      try await account.once { $0.streams[0].streamType = isEnterprise ? .adminLogs : .all }
      #expect(account.lines("seen.txt").count == 5)
    }
  }

  @Test("ends once where Box says nothing any more, after its timeout", .timeLimit(.minutes(1)))
  func onceSilent() async throws {
    try await WatchedAccount.with(backlog: 600) { account in
      try account.rule("count", Self.counting)
      let client = try account.client(answers: 1, isSilent: true)
      await #expect {
        try await account.once {
          $0.streams[0].client = client
          $0.once = .init(timeout: .seconds(1))
        }
      } throws: { error in
        guard case .unreachable = error as? WatcherError else { return false }
        return true
      }
      #expect(account.lines("seen.txt").count == 500)
    }
  }

  @Test("ends once where Box names no position to begin at, and says nothing any more", .timeLimit(.minutes(1)))
  func onceWithoutPosition() async throws {
    try await WatchedAccount.with(backlog: 5) { account in
      account.simulator.setFaults([Fault(.emptyZeroPosition, .probability(1))])
      try account.rule("count", Self.counting)
      let client = try account.client(answers: 1, isSilent: true)
      await #expect(throws: WatcherError.self) {
        try await account.once {
          $0.streams[0].client = client
          $0.streams[0].from = .position(.now)
          $0.once = .init(timeout: .seconds(1))
        }
      }
    }
  }

  @Test("waits once for as long as Box asks it to, whatever its timeout", .timeLimit(.minutes(1)))
  func oncePatient() async throws {
    try await WatchedAccount.with(backlog: 600) { account in
      account.simulator.setFaults([Fault(.serverError, .count(1))])
      try account.rule("count", Self.counting)
      let client = try account.client(retryAfter: "2")
      try await account.once {
        $0.streams[0].client = client
        $0.once = .init(timeout: .milliseconds(500))
      }
      #expect(account.lines("seen.txt").count == 600)
    }
  }

  @Test("gives rules the real-time servers of their stream, in Box's own units")
  func realtimeServers() async throws {
    try await WatchedAccount.with(backlog: 1) { account in
      try account.rule(
        "ask",
        """
        box.on("*", function(event)
          local server = box.get_events_with_long_polling().entries[1]
          box.file.write("server.txt", server.ttl .. " " .. server.url:match("stream_type=(%a+)"))
        end)
        """)
      try await account.once { $0.streams[0].streamType = .changes }
      #expect(account.output("server.txt") == "10 changes")
    }
  }

  @Test("parks an event that a rule fails on, and the others go on")
  func parks() async throws {
    try await WatchedAccount.with(backlog: 3) { account in
      try account.rule("bad", #"box.on("*", function(event) box.kv.set("x", 1) error("no") end)"#)
      try account.rule("count", Self.counting)
      try await account.once()
      #expect(account.lines("seen.txt").count == 3)
      let directory = try #require(try StateDirectory.find(account.folder + "/state"))
      let reader = try #require(try LedgerReader.open(directory))
      let parked = try reader.parkedEvents(after: 0, limit: 10)
      #expect(parked.count == 3)
      #expect(parked.allSatisfy { $0.parked.failure.message.contains("no") && $0.parked.failure.handler == "bad/*#1" })
      #expect(parked.allSatisfy { $0.parked.failure.location?.hasSuffix("bad.lua:1") == true })
      try reader.close()
    }
  }

  @Test("gives a slow rule's events to its backlog, and each is handled once, in order")
  func backlog() async throws {
    try await WatchedAccount.with(backlog: 40) { account in
      try account.rule(
        "slow", #"box.on("*", function(e) box.sleep("60ms") box.file.append("slow.txt", e.event_id .. "\n") end)"#)
      try account.rule("count", Self.counting)
      try await account.once()
      #expect(account.lines("slow.txt") == account.lines("seen.txt"))
      #expect(account.lines("slow.txt").count == 40)
    }
  }

  @Test("ends in order while a rule waits, and goes on with its event afterwards")
  func interruptedBacklog() async throws {
    try await WatchedAccount.with(backlog: 5) { account in
      try account.rule(
        "slow",
        #"box.on("*", function(e) box.file.append("begun.txt", "b\n") box.sleep("1h") box.file.append("slow.txt", e.event_id .. "\n") end)"#
      )
      try await account.watching { watcher in
        try await eventually("a backlog") {
          guard let file = watcher.current?.crew.engine.files.first else { return false }
          return file.backlog == 5
        }
      }
      #expect(account.output("begun.txt") == "", "a call that did not end leaves nothing")
      #expect(!account.log.contains("failed"), "and is no failure")
      try account.rule("slow", #"box.on("*", function(e) box.file.append("slow.txt", e.event_id .. "\n") end)"#)
      try await account.once()
      #expect(account.lines("slow.txt").count == 5)
    }
  }

  @Test("tries an event again whose query failed for a passing reason")
  func retries() async throws {
    try await WatchedAccount.with(backlog: 1) { account in
      try account.rule(
        "ask",
        """
        box.on("*", function(event)
          box.http.get(\"http://127.0.0.1:1/\")
        end)
        """)
      try await account.watching {
        $0.allowedHosts = ["127.0.0.1"]
      } _: { watcher in
        try await eventually("a retry") {
          let entries = try await watcher.current?.ledger.entries(of: "ask", limit: 1) ?? []
          return entries.first.map { $0.entry.attempts >= 1 && $0.entry.error != nil } ?? false
        }
      }
      try account.rule(
        "ask", #"box.on("*", function(event) box.file.write("attempt.txt", tostring(event.attempt)) end)"#)
      try await account.once()
      #expect(Int(account.output("attempt.txt")).map { $0 > 1 } == true)
    }
  }

  @Test("takes up a changed rule with what it remembers, and leaves a broken one alone")
  func reload() async throws {
    try await WatchedAccount.with { account in
      try account.rule(
        "r", #"box.on("*", function() box.file.append("out.txt", "one " .. box.kv.incr("n") .. "\n") end)"#)
      try await account.watching { watcher in
        func send() async throws { _ = try account.simulator.append([#"{"event_type":"ITEM_UPLOAD"}"#]) }
        try await send()
        try await eventually("the first") { account.lines("out.txt") == ["one 1"] }
        try account.rule(
          "r", #"box.on("*", function() box.file.append("out.txt", "two " .. box.kv.incr("n") .. "\n") end)"#)
        try await eventually("a reload") { account.log.contains("reloaded: changed") }
        try await send()
        try await eventually("the second") { account.lines("out.txt") == ["one 1", "two 2"] }
        try account.rule("r", "box.on(")
        try await eventually("a complaint") {
          account.log.contains("r.lua was not taken; its generation 2 goes on")
        }
        #expect(account.log.contains("r.lua (generation 2)"))
        try await send()
        try await eventually("the third") { account.lines("out.txt") == ["one 1", "two 2", "two 3"] }
      }
    }
  }

  @Test("alerts once in a period, and sums up when it ends")
  func alerts() async throws {
    try await WatchedAccount.with { account in
      try account.rule("a", #"box.rule { id = "up", on = "upload", title = "up", dedup = "1h" }"#)
      try await account.watching { _ in
        for _ in 0..<4 { _ = try account.simulator.append([#"{"event_type":"ITEM_UPLOAD"}"#]) }
        try await eventually("an alert") { account.lines("alerts.jsonl").count == 1 }
        try await eventually("the others") { account.log.all.count { $0.contains("held back") } >= 3 }
      }
      let lines = account.lines("alerts.jsonl")
      #expect(lines.count == 2)
      #expect(lines.last?.contains("and 3 more") == true)
    }
  }

  @Test("one watcher a state directory")
  func held() async throws {
    try await WatchedAccount.with { account in
      try account.rule("count", Self.counting)
      try await account.watching { watcher in
        try await eventually("a start") { watcher.current != nil }
        await #expect(throws: LedgerError.self) { try await account.once() }
      }
    }
  }

  @Test("a position that Box refuses ends the stream, and is not replaced")
  func refused() async throws {
    try await WatchedAccount.with(backlog: 3) { account in
      try account.rule("count", Self.counting)
      await #expect(throws: (any Error).self) {
        try await account.once { $0.streams[0].from = .position(StreamPosition("nonsense")) }
      }
      #expect(account.lines("seen.txt").isEmpty)
    }
  }

  @Test("a doorbell is told to who asks for it")
  func doorbell() async throws {
    try await WatchedAccount.with { account in
      try account.rule("ring", #"box.on_new_change(function(c) box.file.append("rings.txt", c.stream .. "\n") end)"#)
      try await account.watching { _ in
        try await eventually("a ring") {
          _ = try account.simulator.append([#"{"event_type":"ITEM_UPLOAD"}"#])
          return !account.lines("rings.txt").isEmpty
        }
      }
      #expect(Set(account.lines("rings.txt")) == ["default"])
    }
  }

  @Test("a timer longer than a run goes on from where it began, and does not begin anew with each start")
  func timerGoesOn() async throws {
    try await WatchedAccount.with { account in
      try account.rule("t", #"box.every("30d", function() end)"#)
      var begun: [Cell] = []
      for _ in 1...2 {
        try await account.watching { watcher in
          var cells: [Cell] = []
          try await eventually("a start that is stored") {
            guard account.log.all.count(where: { $0.contains("watching default") }) == 1 + begun.count else {
              return false
            }
            cells = try await watcher.current?.ledger.cells(of: "t").filter { $0.part == "timer" } ?? []
            return !cells.isEmpty
          }
          #expect(cells.count == 1)
          #expect(begun.isEmpty || cells == begun)
          begun = cells
        }
      }
    }
  }

  @Test("a call that fails after its page has left costs its event alone")
  func lateFailure() async throws {
    try await WatchedAccount.with { account in
      _ = try account.simulator.append((1...5).map { #"{"event_id":"e\#($0)","event_type":"ITEM_UPLOAD"}"# })
      try account.rule(
        "late",
        """
        box.on("*", function(event)
          if event.event_id == "e3" then box.sleep("150ms") error("late") end
          box.file.append("done.txt", event.event_id .. "\\n")
        end)
        """)
      try await account.once()
      #expect(account.lines("done.txt") == ["e1", "e2", "e4", "e5"])
      let directory = try #require(try StateDirectory.find(account.folder + "/state"))
      let reader = try #require(try LedgerReader.open(directory))
      #expect(try reader.parkedEvents(after: 0, limit: 10).map(\.parked.event.id) == ["e3"])
      try reader.close()
    }
  }

  @Test("a dry run tells what it would do, and leaves everything to the run after it")
  func dryRun() async throws {
    try await WatchedAccount.with(backlog: 7) { account in
      try account.rule("count", Self.counting)
      try account.rule(
        "tell", #"box.on("*", function() box.alert { title = "seen", severity = "high", body = "a\nb" } end)"#)
      try account.rule("fail", #"box.on("*", function() error("broken") end)"#)
      try await account.once { $0.isDryRun = true }
      #expect(account.lines("seen.txt").isEmpty)
      #expect(account.log.contains("; the event would be parked") && !account.log.contains("is parked"))
      #expect(account.log.contains("dry run: count/*#1 would append"))
      #expect(account.log.contains(#"dry run: tell/*#1 would raise the alert high "seen": "a\nb""#))
      #expect(!FileManager.default.fileExists(atPath: account.folder + "/output"))
      try await account.once()
      #expect(account.lines("seen.txt").count == 7)
      #expect(account.output("total.txt") == "7")
    }
  }

  @Test("both enterprise streams of an account handle an event once")
  func sharedIDs() async throws {
    try await WatchedAccount.with(backlog: 30) { account in
      try account.rule("count", Self.counting)
      try await account.once {
        var other = $0.streams[0]
        $0.streams[0].streamType = .adminLogs
        other.streamType = .adminLogsStreaming
        other.name = "streaming"
        other.feed = "enterprise"
        $0.streams[0].feed = "enterprise"
        $0.streams.append(other)
      }
      #expect(account.lines("seen.txt").count == 30)
      #expect(Set(account.lines("seen.txt")).count == 30)
    }
  }

  @Test("events that both run and status count are served as metrics")
  func metrics() async throws {
    var report = StatusReport(running: true, time: WallClock.now)
    report.counters = StatusReport.Counters(events: 12)
    report.rules = [.init(namespace: "a \"b\"", backlog: 3)]
    let text = MetricsText.of(report)
    #expect(text.contains("# TYPE boxwatch_events_total counter\nboxwatch_events_total 12\n"))
    #expect(text.contains(#"boxwatch_rule_backlog{rule="a \"b\""} 3"#))
  }

  /// A command, which runs in the output directory, and a rule that runs it at every event.
  private static func running(_ account: WatchedAccount, _ text: String) throws -> String {
    let command = try account.script("command", text)
    try account.rule("run", "box.on('*', function() box.exec { '\(command)' } end)")
    return command
  }

  @Test("a command that hangs delays none of the other commands")
  func hangingCommand() async throws {
    try await WatchedAccount.with(backlog: 30) { account in
      let hanging = try account.script("hanging", "exec sleep 60")
      let quick = try account.script("quick", "echo done >> done")
      try account.rule(
        "run",
        """
        local n = 0
        box.on('*', function()
          n = n + 1
          box.exec { n < 30 and '\(hanging)' or '\(quick)' }
        end)
        """)
      try await account.watching {
        $0.allowedCommands = [hanging, quick]
        $0.grace = .milliseconds(200)
      } _: { _ in
        try await eventually("the quick one's end") { account.lines("done") == ["done"] }
      }
      #expect(account.log.contains("29 deliveries waiting"))
    }
  }

  @Test("once: a delivery that fails in passing gets its next attempts before the end")
  func onceRetries() async throws {
    try await WatchedAccount.with(backlog: 1) { account in
      let command = try Self.running(account, "[ -e tried ] || { touch tried; exit 1; }\necho done >> done")
      try await account.once { $0.allowedCommands = [command] }
      #expect(account.lines("done") == ["done"])
      #expect(!account.log.contains("another attempt"))
    }
  }

  @Test("once: deliveries that still wait at the end are told, and the next run makes them")
  func onceLeaves() async throws {
    try await WatchedAccount.with(backlog: 1) { account in
      let command = try Self.running(account, "[ -e mended ] || exit 1\necho done >> done")
      try await account.once {
        $0.allowedCommands = [command]
        $0.grace = .milliseconds(200)
      }
      #expect(account.log.contains("warning 1 delivery waits for another attempt (box.exec 1: "))
      try account.write("", to: "output/mended")
      try await account.once { $0.allowedCommands = [command] }
      #expect(account.lines("done") == ["done"])
    }
  }

  @Test("once: an event whose handler asks in vain is waited for as long as a delivery, and told")
  func onceLeavesEvents() async throws {
    try await WatchedAccount.with(backlog: 2) { account in
      try account.rule("ask", "box.on('*', function() box.http.get('http://127.0.0.1:1/') end)")
      try await account.once {
        $0.allowedHosts = ["127.0.0.1"]
        $0.grace = .milliseconds(200)
      }
      let told = try #require(account.log.all.first { $0.contains("2 events wait for another attempt (ask 2: ") })
      #expect(told.contains("127.0.0.1:1"))
      try account.rule("ask", Self.counting)
      try await account.once()
      #expect(account.lines("seen.txt").count == 2)
    }
  }

  @Test("once: an attempt that has begun is waited for, beyond the time for attempts in vain")
  func onceFinishesAttempts() async throws {
    try await WatchedAccount.with(backlog: 1) { account in
      try account.rule(
        "ask",
        """
        box.on("*", function(event)
          if event.attempt == 1 then box.http.get("http://127.0.0.1:1/") end
          box.sleep("2s")
          box.file.append("seen.txt", event.event_id .. "\\n")
        end)
        """)
      try await account.once {
        $0.allowedHosts = ["127.0.0.1"]
        $0.grace = .milliseconds(1500)
      }
      #expect(account.lines("seen.txt").count == 1)
      #expect(!account.log.contains("another attempt ("))
    }
  }

  @Test("what waits for a rule that has another name now is told at the start")
  func unclaimed() async throws {
    try await WatchedAccount.with(backlog: 3) { account in
      try account.rule("asks", "box.on('*', function() box.http.get('http://127.0.0.1:1/') end)")
      try await account.once {
        $0.allowedHosts = ["127.0.0.1"]
        $0.grace = .milliseconds(200)
      }
      #expect(!account.log.contains("which is not loaded"))
      try FileManager.default.moveItem(
        atPath: "\(account.folder)/rules/asks.lua", toPath: "\(account.folder)/rules/questions.lua")
      try await account.once()
      #expect(account.log.contains("warning the backlog holds 3 events of rule asks, which is not loaded"))
    }
  }

  @Test("at rest, states keep no freed memory")
  func resting() async throws {
    try await WatchedAccount.with(backlog: 500) { account in
      try account.rule("garbage", "box.on('*', function(event) for i = 1, 100 do local t = { i } end end)")
      try await account.watching { watcher in
        func kept() async throws -> Int {
          let file = try #require(watcher.current?.crew.engine.files.first)
          return await file.keptMemory
        }
        try await eventually("all events") { watcher.current?.streams.first?.status.events == 500 }
        try await eventually("rest") { try await kept() == 0 }
      }
    }
  }
}
