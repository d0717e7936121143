import BoxClient
import Testing

@testable import RuleEngine

@Suite("Handlers that fail", .timeLimit(.minutes(2)))
struct FailureTests {
  /// Handles event 1, then 2, by a handler with this body, beside one that always succeeds.
  private static func handle(
    _ body: String, mayPass: Bool = true, options: (inout RuleOptions) -> Void = { _ in },
    _ check: (WorkResult, LiveRules) async throws -> Void
  ) async throws {
    let text = """
      box.on("DOWNLOAD", function(event)
        \(body)
      end, { name = "asks" })
      box.on("DOWNLOAD", function(event) box.file.append("log", event.event_id) end, { name = "writes" })
      """
    try await LiveRules.run(["a.lua": text], options: options) { rules in
      let refusal = QueryError("Box is busy", status: 503, mayPass: mayPass)
      rules.services.answer("/busy", .failure(refusal))
      rules.services.refusal.withLock { $0 = refusal }
      try await check(try await rules.handle("1", "2"), rules)
    }
  }

  @Test(
    "a query's failure that may pass has the event tried again, and those behind it wait",
    arguments: [
      "box.api.get('/busy')", "box.get_events()", "box.events({}):count()", "box.get_events_with_long_polling()",
      "box.http.get('https://example.com/')",
      "local ok, problem = pcall(box.api.get, '/busy') error(problem, 0)",
      "local ok, problem = pcall(box.api.get, '/busy') error('asked in vain: ' .. problem.message)",
    ])
  func retried(body: String) async throws {
    try await Self.handle(body) { result, rules in
      #expect(result.fates == [.retried])
      #expect(result.written == ["1"])
      #expect(result.unfinished.map(\.index) == [0, 1])
      #expect(result.unfinished.map(\.handlers) == [["a/asks"], []])
      #expect(result.unfinished.map(\.attempt) == [2, 1])
      #expect(!result.isRunning)
      let file = try rules.file
      #expect(file.backlog == 2)
    }
  }

  @Test("a failure that the handler catches is none")
  func caught() async throws {
    try await Self.handle("if not pcall(box.api.get, '/busy') then box.file.append('log', 'caught') end") {
      result, _ in
      #expect(result.failures.isEmpty)
      #expect(result.written == ["caught", "1", "caught", "2"])
    }
  }

  @Test("a handler that catches a passing failure and fails of its own has its event parked")
  func ownFailure() async throws {
    try await Self.handle("pcall(box.api.get, '/busy') error('a mistake')") { result, _ in
      #expect(result.fates == [.parked, .parked])
      #expect(result.unfinished.isEmpty)
    }
  }

  @Test("a failure that will not pass has the event parked, and the next one is handled")
  func parked() async throws {
    try await Self.handle("box.api.get('/busy')", mayPass: false) { result, _ in
      #expect(result.fates == [.parked, .parked])
      #expect(result.failures.first?.description.contains("a.lua:2: Box is busy") == true)
      #expect(result.failures.first?.eventID == "1")
      #expect(result.written == ["1", "2"])
      #expect(result.unfinished.isEmpty)
    }
  }

  private static func waitLimit(_ options: inout RuleOptions) { options.wait = .milliseconds(20) }

  @Test("a call that waits for Box for longer than its budget is tried again")
  func waitForBox() async throws {
    try await Self.handle("box.sleep('1ms') box.api.get('/slow')", options: Self.waitLimit) { result, _ in
      #expect(result.failures.map(\.failure.kind) == [.wait])
      #expect(result.fates == [.retried])
    }
  }

  @Test("one that waits of its own for so long has the event parked, and says where it waited")
  func waitOfItsOwn() async throws {
    let body = "pcall(box.api.get, '/busy') local function rest() box.sleep('1h') end rest()"
    try await Self.handle(body, options: Self.waitLimit) { result, _ in
      #expect(result.fates == [.parked, .parked])
      #expect(result.unfinished.isEmpty)
      let failure = try #require(result.failures.first?.failure)
      #expect(failure.kind == .wait)
      #expect(failure.location?.hasSuffix("a.lua:2") == true)
      #expect(failure.traceback?.contains("'rest'") == true)
    }
  }

  @Test("log lines beyond the bound are counted, and told when the call ends", arguments: ["", "error('broken')"])
  func unlogged(end: String) async throws {
    func limits(_ options: inout RuleOptions) { options.logLines = 3 }
    try await Self.handle("for i = 1, 7 do print(i) end \(end)", options: limits) { _, rules in
      let lines = rules.services.logged.map(\.text)
      #expect(lines.prefix(4) == ["1", "2", "3", "a/asks: 4 log lines left out, beyond the 3 of one call"])
    }
  }

  @Test("a handler that fails leaves nothing behind: no effect, nothing remembered")
  func nothingLeft() async throws {
    let text = """
      local window = box.window("w", "1h")
      box.on("DOWNLOAD", function(event)
        box.kv.set("k", 1)
        box.kv.shared.set("k", 1)
        window:add("k")
        box.once("k", "1h")
        box.file.append("log", "x")
        box.alert { title = "x", dedup = "1h", dedup_key = "k" }
        error("broken")
      end)
      box.on("DOWNLOAD", function(event)
        box.file.append("log", box.inspect { box.kv.get("k", "none"), box.kv.shared.get("k", "none"),
          window:count("k"), box.once("k", "1h") })
        box.alert { title = "sent", dedup = "1h", dedup_key = "k" }
      end)
      """
    try await LiveRules.run(["a.lua": text]) { rules in
      let result = try await rules.handle("1")
      #expect(result.fates == [.parked])
      #expect(result.written == ["{ \"none\", \"none\", 0, true }"])
      #expect(result.outcomes.flatMap(\.effects).count == 2)
      #expect(result.cells.map(\.part).sorted { $0.rawValue < $1.rawValue } == [.deduplication, .once])
      #expect(result.sharedWrites.isEmpty)
    }
  }
}

@Suite("Handlers that are set aside", .timeLimit(.minutes(2)))
struct QuarantineTests {
  private static let text = """
    box.on("DOWNLOAD", function(event)
      if event.event_id:find("loop") then while true do end end
      box.file.append("log", event.event_id)
    end, { name = "loops" })
    box.on("DOWNLOAD", function(event) end, { name = "other" })
    """

  private static func limits(_ options: inout RuleOptions) {
    options.cpu = .milliseconds(20)
    options.quarantineAfter = 2
  }

  @Test("a handler that is out of its budget several times in a row is called no more")
  func quarantine() async throws {
    try await LiveRules.run(["a.lua": Self.text], options: Self.limits) { rules in
      let result = try await rules.handle("loop 1", "loop 2", "3")
      #expect(result.failures.map(\.failure.kind) == [.time, .time, .cancelled])
      #expect(result.fates == [.parked, .parked, .quarantined])
      #expect(result.quarantined == ["a/loops"])
      #expect(result.written.isEmpty)
      #expect(try await rules.file.quarantinedHandlers == ["a/loops"])
      #expect(try await rules.handle("4").quarantined.isEmpty)
    }
  }

  @Test("a call that succeeds in between starts the count anew")
  func inBetween() async throws {
    try await LiveRules.run(["a.lua": Self.text], options: Self.limits) { rules in
      let result = try await rules.handle("loop 1", "2", "loop 3", "4")
      #expect(result.written == ["2", "4"])
      #expect(result.quarantined.isEmpty)
    }
  }

  @Test("it stays set aside in the next run, and gets another chance when somebody says so")
  func release() async throws {
    let aside = RememberedState(cells: [], quarantined: ["a/loops"], backlog: 0)
    try await LiveRules.run(["a.lua": Self.text], remembered: aside, options: Self.limits) { rules in
      #expect(try await rules.handle("1").fates == [.quarantined])
      try await rules.file.release("a/loops")
      #expect(try await rules.handle("2").written == ["2"])
    }
  }

  @Test("what could not be ended does not run again in the next run, whatever it is, until its file changes")
  func setAside() async throws {
    let text = """
      local function says(word) return function() box.file.append("log", word) end end
      box.on_start(says("start"))
      box.on_stop(says("stop"))
      box.on_new_change(says("first")) box.on_new_change(says("second"))
      box.every("1h", says("tick"), { name = "t", immediate = true })
      box.every("1h", says("tock"), { name = "u", immediate = true })
      """
    let all = ["a/on_start", "a/on_stop", "a/on_new_change#1", "a/t"]
    let aside = RememberedState(cells: [], quarantined: Set(all + ["a/gone", "b/on_start"]), backlog: 0)
    try await LiveRules.run(["a.lua": text], remembered: aside) { rules in
      func written() async throws -> [String] {
        var written = await rules.engine.start().flatMap { $0.result.written }
        written += try await rules.file.tick().written
        return written + (try await rules.file.newChange(stream: "s", position: "1", receivedAt: WallClock.now).written)
      }
      #expect(try await written() == ["tock", "second"])
      #expect(rules.services.logged.filter { $0.text.contains("is set aside") }.count == all.count)
      try rules.folder.write("a.lua", text + "-- changed")
      let report = await rules.engine.reload(try rules.folder.sources()) { _ in aside }
      #expect(report.results.flatMap { $0.result.written } == ["start"])
      #expect(await rules.engine.stop().flatMap { $0.result.written } == ["stop"])
    }
  }
}
