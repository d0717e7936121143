import BoxClient
import Testing

@testable import RuleEngine

@Suite("Timers by the time of day", .timeLimit(.minutes(2)))
struct TimerTests {
  /// Remembers that a timer ticked so long ago.
  private static func ticked(_ identity: String, _ ago: Duration) -> RememberedState {
    var writer = CellWriter()
    writer.write(WallClock.now - ago)
    let cell = StateCell(part: .timer, key: Array(identity.utf8), value: writer.bytes)
    return RememberedState(cells: [cell], quarantined: [], backlog: 0)
  }

  /// Ticks until something was written.
  private static func tick(_ file: RuleFile) async throws -> WorkResult {
    while true {
      let result = await file.tick()
      if !result.written.isEmpty { return result }
      try await Task.sleep(for: .milliseconds(2))
    }
  }

  @Test("a timer runs when it is due, not before, and tells when it is due next")
  func due() async throws {
    let text = "box.every('10ms', function() box.file.append('log', 'tick') end) box.every('1h', function() end)"
    try await LiveRules.run(["a.lua": text]) { rules in
      let begun = WallClock.now
      let start = try #require(await rules.engine.start().first).result
      #expect(start.written.isEmpty)
      #expect(try #require(start.nextDue) >= begun + .milliseconds(10))
      let result = try await Self.tick(rules.file)
      #expect(WallClock.now >= begun + .milliseconds(10))
      let next = try #require(result.nextDue)
      #expect(next > begun + .milliseconds(10))
      #expect(next < begun + .seconds(3600))
      #expect(result.cells.map(\.part) == [.timer])
    }
  }

  @Test("a timer that is immediate runs at the first look; box.after runs once")
  func once() async throws {
    let text = """
      box.every("1h", function() box.file.append("log", "now") end, { immediate = true })
      box.after("10ms", function() box.file.append("log", "later") end)
      """
    try await LiveRules.run(["a.lua": text]) { rules in
      let begun = WallClock.now
      _ = await rules.engine.start()
      var written: [String] = []
      while written.count < 2 { written += try await Self.tick(rules.file).written }
      #expect(written == ["now", "later"])
      #expect(try #require(await rules.file.tick().nextDue) >= begun + .seconds(3600))
    }
  }

  @Test("a timer that fails is told of until a tick of it succeeds")
  func toldOf() async throws {
    let text = """
      local n = 0
      box.every("10ms", function()
        n = n + 1
        box.file.append("log", n .. "")
        if n <= 2 then error("boom") end
      end)
      """
    try await LiveRules.run(["a.lua": text]) { rules in
      _ = await rules.engine.start()
      #expect(try await rules.file.status.failingTimers.isEmpty)
      var most: FailingTimer?
      while try await rules.file.tick().written.isEmpty {
        most = try await rules.file.status.failingTimers.first ?? most
      }
      #expect(most?.timer == "a/every#1" && most?.ticks == 2)
      #expect(most?.error.hasSuffix("a.lua:5: boom") == true)
      #expect(try await rules.file.status.failingTimers.isEmpty)
    }
  }

  @Test("ticks that fall due while one runs are left out and counted")
  func overlapping() async throws {
    let text = """
      box.every("10ms", function()
        box.sleep("45ms")
        box.file.append("log", "tick")
      end)
      """
    try await LiveRules.run(["a.lua": text]) { rules in
      _ = await rules.engine.start()
      let runs = try await Self.tick(rules.file).written.count
      #expect(try await rules.file.skippedTicks >= 4 * runs)
    }
  }

  @Test("a tick that was missed while nothing ran is made up for once")
  func missedOnce() async throws {
    let text = "box.every('1h', function() box.file.append('log', 'tick') end, { missed = 'once' })"
    try await LiveRules.run(["a.lua": text], remembered: Self.ticked("a/every#1", .seconds(5 * 3600))) { rules in
      _ = await rules.engine.start()
      #expect(try await rules.file.tick().written == ["tick"])
      let again = try await rules.file.tick()
      #expect(again.written.isEmpty)
      #expect(try #require(again.nextDue) > WallClock.now)
    }
  }

  @Test("or it is left out and counted, as an interval's is by default")
  func missedSkip() async throws {
    let text = "box.every('1h', function() box.file.append('log', 'tick') end)"
    let ago = Duration.seconds(5 * 3600 + 1800)
    try await LiveRules.run(["a.lua": text], remembered: Self.ticked("a/every#1", ago)) { rules in
      _ = await rules.engine.start()
      let result = try await rules.file.tick()
      #expect(result.written.isEmpty)
      #expect(try await rules.file.skippedTicks == 5)
      // The next one keeps the beat: half an hour from now.
      let next = try #require(result.nextDue) - WallClock.now
      #expect(next > .zero && next <= .seconds(1800))
    }
  }

  @Test("a tick that is not due yet is waited for, across a restart")
  func notMissed() async throws {
    let text = "box.cron('0 0 1 1 *', function() box.file.append('log', 'tick') end, { name = 'yearly' })"
    try await LiveRules.run(["a.lua": text], remembered: Self.ticked("a/yearly", .zero)) { rules in
      _ = await rules.engine.start()
      let result = try await rules.file.tick()
      #expect(result.written.isEmpty)
      #expect(try #require(result.nextDue) > WallClock.now)
      #expect(try await rules.file.skippedTicks == 0)
    }
  }

  @Test("a tick of a clock that was ahead delays none, across a restart and without one")
  func clockSetBack() async throws {
    let text = "box.every('1h', function() end)"
    let ahead = Duration.seconds(5 * 3600)
    try await LiveRules.run(["a.lua": text], remembered: Self.ticked("a/every#1", .zero - ahead)) { rules in
      let start = try #require(await rules.engine.start().first).result
      #expect(try #require(start.nextDue) <= WallClock.now + .seconds(3600))
      try await rules.file.putOff(by: ahead)
      #expect(try #require(try await rules.file.tick().nextDue) <= WallClock.now + .seconds(3600))
    }
  }

  @Test("a timer that fails leaves nothing behind, and ticks again")
  func failing() async throws {
    let text = """
      local runs = 0
      box.every("10ms", function()
        runs = runs + 1
        box.kv.set("runs", runs)
        if runs == 1 then error("broken") end
        box.file.append("log", tostring(runs))
      end, { name = "often" })
      """
    try await LiveRules.run(["a.lua": text]) { rules in
      _ = await rules.engine.start()
      var failures: [RuleFailure] = []
      var result = WorkResult()
      while result.written.isEmpty {
        result = try await rules.file.tick()
        failures += result.failures
        try await Task.sleep(for: .milliseconds(2))
      }
      #expect(failures.map(\.handler) == ["a/often"])
      #expect(failures.map(\.fate) == [.parked])
      #expect(result.stored("runs") != "1")
    }
  }

  @Test("alerts that were held back are summed up when their period is over")
  func summary() async throws {
    let text = "box.on('*', function(event) box.alert { title = 'x', dedup = '30ms', dedup_key = 'k' } end)"
    try await LiveRules.run(["a.lua": text]) { rules in
      let page = try LiveRules.page((1...200).map { "\($0)" })
      let sent = try #require(await rules.handle(page).first).outcomes.flatMap(\.effects)
      var summedUp: [String] = []
      while try await rules.file.status.nextDue != nil {
        summedUp += try await rules.file.tick().outcomes.flatMap(\.effects).map(\.inWords)
        try await Task.sleep(for: .milliseconds(2))
      }
      let heldBack = try await rules.file.status.suppressedAlerts
      #expect(sent.count + heldBack == 200)
      #expect(heldBack == 0 || summedUp.contains { $0.hasPrefix("raise the summary") })
    }
  }
}

extension RuleFile {
  fileprivate func putOff(by delay: Duration) {
    for index in timers.indices { timers[index].due = timers[index].due.map { $0 + delay } }
  }
}
