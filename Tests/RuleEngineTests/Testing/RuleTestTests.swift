import Testing

@testable import RuleEngine

@Suite("What a test beside a rule may do", .timeLimit(.minutes(2)))
struct RuleTestTests {
  /// The failures of a file's only test, as text.
  private static func failures(_ texts: KeyValuePairs<String, String>) async throws -> [String] {
    let folder = try RuleFolder(texts)
    let source = try #require(try folder.sources().first)
    return await RuleTests.run(source, options: RuleOptions(), settings: .init(seed: 1)).flatMap(\.failures)
      .map(\.message)
  }

  @Test(
    "what runs handlers is refused where a script cannot wait, and inside handlers",
    arguments: [
      ("('x'):gsub('x', function() t:expect_alerts(0) end)", "impossible inside a sort's comparison"),
      ("table.sort({ 2, 1 }, function() t:send { event_type = 'EDIT' } return true end)", "impossible inside"),
      ("tt = t t:send { event_type = 'UPLOAD' }", "works in the test itself, not inside handlers"),
      ("t:send { event_type = 'EDIT', at = 0 / 0 }", "is no time of this era"),
      ("t:send { event_type = 'EDIT', at = math.maxinteger }", "is no time of this era"),
      ("t:send { event_type = 'EDIT', at = -1e300 }", "is no time of this era"),
      (
        "local c <close> = setmetatable({}, { __close = function() t:advance('1m') end }) error('first')",
        "impossible inside"
      ),
    ])
  func refused(body: String, message: String) async throws {
    let failures = try await Self.failures([
      "a.lua": """
      tt = false
      box.on("UPLOAD", function() tt:send { event_type = "EDIT" } end)
      box.on("EDIT", function() end)
      box.test("one", function(t)
        \(body)
      end)
      """
    ])
    #expect(failures.contains { $0.contains(message) }, "\(failures)")
  }

  @Test(
    "a test's own body sends and writes nothing, and remembers what handlers then see",
    arguments: [
      "box.alert('x')", "box.file.append('a', 'x')", "box.webhook('https://a', 1)", "box.exec { '/bin/true' }",
    ])
  func ownEffects(call: String) async throws {
    let failures = try await Self.failures([
      "a.lua": """
      box.on("UPLOAD", function() assert(box.kv.get("n") == 5) end)
      box.test("one", function(t)
        box.kv.set("n", 5)
        t:send { event_type = "UPLOAD" }
        t:expect_no_errors()
        \(call)
      end)
      """
    ])
    #expect(failures == ["a test's own body sends and writes nothing; its events do: t:send { … }"])
  }

  @Test(
    "a handler waits no longer than it may, whether it catches the error or not",
    arguments: ["", "pcall(box.sleep, '1s')"])
  func waiting(more: String) async throws {
    let failures = try await Self.failures([
      "a.lua": """
      box.on("UPLOAD", function() box.sleep("40s") pcall(box.sleep, "21s") \(more) box.kv.set("n", 5) end)
      box.on("EDIT", function() box.sleep("60s") box.kv.set("m", 5) end)
      box.test("one", function(t)
        t:send { event_type = "UPLOAD" }
        t:expect_error("waited longer than it may")
        assert(t:kv("n") == nil)
        t:send { event_type = "EDIT" }
        assert(t:kv("m") == 5)
      end)
      """
    ])
    #expect(failures.isEmpty, "\(failures)")
  }

  @Test("a rule's own alert carries what the rule says; it can be gone through and printed")
  func notes() async throws {
    let failures = try await Self.failures([
      "a.lua": """
      box.rule { id = "r", on = "upload", description = "what it is", runbook = "https://x/y", tags = { "a", "b" } }
      box.rule { id = "s", on = "edit", runbook = "call Ada", run = function() box.alert { title = "t", body = "b" } end }
      box.test("one", function(t)
        t:send { event_type = "UPLOAD" }
        t:alert(1):has { body = "what it is", runbook = "https://x/y", tags = { "a", "b" } }
        t:send { event_type = "EDIT" }
        t:alert(2):has { body = "b", runbook = "call Ada" }
        assert(t:alert(2).tags == nil)
        local names = {}
        for name in pairs(t:alert(2)) do names[name] = true end
        assert(names.title and names.runbook and not names.has)
        assert(box.inspect(t:alert(2)):find("call Ada", 1, true))
      end)
      """
    ])
    #expect(failures.isEmpty, "\(failures)")
  }

  @Test("each function of a call may wait as long as a call may, as in a watcher")
  func waitingOfEach() async throws {
    let failures = try await Self.failures([
      "a.lua": """
      box.rule { id = "r", on = "upload", dedup_key = function() box.sleep("40s") return "k" end,
        title = function() box.sleep("40s") return "t" end }
      box.test("one", function(t)
        t:send { event_type = "UPLOAD" }
        t:expect_alerts(1)
      end)
      """
    ])
    #expect(failures.isEmpty, "\(failures)")
  }

  @Test("what falls due while something sleeps runs before the next look")
  func dueAfterSleep() async throws {
    let failures = try await Self.failures([
      "a.lua": """
      box.after("15s", function() box.alert("after") end)
      box.after("2m", function() box.alert("later") end)
      box.on("UPLOAD", function() box.sleep("40s") end)
      box.test("one", function(t)
        t:send { event_type = "UPLOAD" }
        t:expect_alerts(1)
        box.sleep("2m")
        t:expect_alerts(2)
      end)
      """
    ])
    #expect(failures.isEmpty, "\(failures)")
  }

  @Test("a test's own body sets up what handlers share")
  func sharedSetUp() async throws {
    let failures = try await Self.failures([
      "a.lua": """
      box.on("UPLOAD", function() box.kv.set("n", box.kv.shared.get("m")) end)
      box.test("one", function(t)
        box.kv.shared.set("m", 5)
        t:send { event_type = "UPLOAD" }
        assert(t:kv("n") == 5)
      end)
      """
    ])
    #expect(failures.isEmpty, "\(failures)")
  }

  @Test("a summary carries what the rule says too; a rule may read the alerts' file")
  func notesOfSummary() async throws {
    let folder = try RuleFolder([
      "a.lua": """
      box.rule { id = "r", on = "upload", runbook = "call Ada", tags = { "a" }, dedup = "1h" }
      box.on("EDIT", function() local text, reason = box.file.read("alerts.jsonl") box.kv.set("n", reason or text) end)
      box.test("one", function(t)
        t:send { event_type = "UPLOAD" } t:send { event_type = "UPLOAD" }
        t:advance("2h")
        t:expect_summaries(1)
        t:send { event_type = "EDIT" }
        assert(t:kv("n"):find("there is no file"), t:kv("n"))
      end)
      """
    ])
    let source = try #require(try folder.sources().first)
    let results = await RuleTests.run(source, options: RuleOptions(), settings: .init(seed: 1))
    #expect(results.flatMap(\.failures).isEmpty, "\(results.flatMap(\.failures).map(\.message))")
    try await LiveRules.run(["a.lua": "box.rule { id = 'r', on = '*', runbook = 'call Ada', tags = { 'a', 'b' } }"]) {
      rules in
      try await rules.handle("1")
      try await rules.handle("2")
      let summary = await rules.engine.stop().flatMap(\.result.outcomes).flatMap(\.effects).compactMap {
        if case .alert(let record, _) = $0 { record } else { nil }
      }
      #expect(summary.map(\.kind) == [.summary])
      #expect(summary.first?.notes == AlertRecord.Notes(tags: ["a", "b"], runbook: "call Ada"))
    }
  }

  @Test("a value that was set to null is none: the default stands for it")
  func nullDefault() async throws {
    let failures = try await Self.failures([
      "a.lua": """
      box.on("UPLOAD", function() end)
      box.test("one", function(t)
        box.kv.set("n", box.json.null)
        assert(box.kv.get("n", "default") == "default")
        box.kv.set("n", false)
        assert(box.kv.get("n", "default") == false)
      end)
      """
    ])
    #expect(failures.isEmpty, "\(failures)")
  }

  @Test("a query asks for Box's names where a rule gives an alias")
  func aliases() async throws {
    let failures = try await Self.failures([
      "a.lua": """
      box.on("UPLOAD", function() box.kv.set("n", box.events { stream_type = "admin_logs", event_type = "edit, DOWNLOAD" }:count()) end)
      box.test("one", function(t)
        t:mock_events { { event_type = "EDIT" }, { event_type = "DOWNLOAD" }, { event_type = "UPLOAD" } }
        t:send { event_type = "UPLOAD" }
        assert(t:kv("n") == 2)
      end)
      """
    ])
    #expect(failures.isEmpty, "\(failures)")
  }

  @Test("a secret may be a URL")
  func secretURL() async throws {
    let failures = try await Self.failures([
      "a.lua": """
      box.on("UPLOAD", function() box.webhook(box.secret("hook"), { n = 1 }) end)
      box.test("one", function(t)
        t:send { event_type = "UPLOAD" }
        t:expect_no_errors()
        t:expect_webhook(1, { url = "secret:hook", n = 1 })
      end)
      """
    ])
    #expect(failures.isEmpty, "\(failures)")
  }

  @Test("a rule's key function tells the alerts of its run apart")
  func dedupKey() async throws {
    let failures = try await Self.failures([
      "a.lua": """
      box.rule {
        id = "r", on = "UPLOAD", dedup_key = function(event) return event.actor.id end,
        run = function(event) box.alert { title = event.actor.id } end,
      }
      box.test("one", function(t)
        for _, id in ipairs { "1", "2", "1" } do t:send { event_type = "UPLOAD", created_by = { id = id } } end
        t:expect_alerts(2)
        t:alert(1):has { dedup_key = "1" }
        t:alert(2):has { dedup_key = "2" }
      end)
      """
    ])
    #expect(failures.isEmpty, "\(failures)")
  }

  @Test("a module that fails says why each time it is required")
  func failingModule() async throws {
    let failures = try await Self.failures([
      "a.lua": """
      local said = {}
      box.on("UPLOAD", function() local _, problem = pcall(require, "lib.bad") said[#said + 1] = problem end)
      box.test("one", function(t)
        t:send { event_type = "UPLOAD" }
        t:send { event_type = "UPLOAD" }
        for _, problem in ipairs(said) do assert(problem:find("broken", 1, true), problem) end
        assert(#said == 2)
      end)
      """,
      "lib/bad.lua": "error('broken')",
    ])
    #expect(failures.isEmpty, "\(failures)")
  }
}
