import Foundation
import Testing

@Suite("check, test and replay", .timeLimit(.minutes(2)))
struct RuleCommandTests {
  private static func event(_ id: Int, _ type: String = "ITEM_UPLOAD", user: Int = 7, name: String = "a.pdf") -> String
  {
    """
    {"event_id":"\(id)","event_type":"\(type)","created_at":"2026-01-05T09:00:\(id < 10 ? "0" : "")\(id)Z",\
    "created_by":{"type":"user","id":"\(user)","login":"u\(user)@example.com"},"source":{"type":"file","id":"9",\
    "name":"\(name)"}}

    """
  }

  private static func replay(_ rules: String, _ events: String, _ options: [String] = []) async throws -> (
    result: Command.Result, scratch: ScratchFolder
  ) {
    let scratch = try ScratchFolder()
    let rule = try scratch.write("rules/a.lua", rules)
    let file = try scratch.write("events.jsonl", events)
    let result = try await Command.run(
      ["replay", file, "--rules", rule, "--output", scratch.path("out")] + options)
    return (result, scratch)
  }

  @Test("replay prints alerts as JSON Lines and writes files")
  func alertsAndFiles() async throws {
    let (result, scratch) = try await Self.replay(
      """
      box.on("upload", { ["source.name"] = function(name) return name:match("%.exe$") end }, function(event)
        box.alert { title = event.actor.login .. " " .. event.item.name, severity = "high", context = { n = 1 } }
        box.file.csv("x.csv", { event.event_id, "=1" }, { header = { "id", "f" } })
        box.kv.incr("n")
      end)
      """, Self.event(1) + Self.event(2, name: "b.exe") + Self.event(3, name: "c.exe") + Self.event(3, name: "c.exe"))
    #expect(result.status == 0)
    #expect(result.lines.count == 2)
    #expect(result.lines[0].contains("\"severity\":\"high\",\"title\":\"u7@example.com b.exe\",\"rule\":\"a\""))
    #expect(result.lines[0].hasSuffix("\"context\":{\"n\":1}}"))
    #expect(try scratch.read("out/x.csv") == "id,f\r\n2,'=1\r\n3,'=1\r\n")
    #expect(result.errors.contains("3 events handled, 1 repeated"))
  }

  @Test("a handler that fails leaves nothing behind and stops nobody")
  func failure() async throws {
    let (result, scratch) = try await Self.replay(
      """
      box.on("*", function(event)
        box.file.append("first.txt", "x")
        box.kv.set("k", 1)
        error("broken")
      end)
      box.on("*", function(event) box.file.append("second.txt", tostring(box.kv.get("k"))) end)
      """, Self.event(1))
    #expect(result.status == 0)
    #expect(try scratch.read("out/second.txt") == "nil")
    #expect((try? scratch.read("out/first.txt")) == nil)
    #expect(result.errors.contains("a.lua:4: broken"))
    #expect(result.errors.contains("1 event handled, 1 handler call failed"))
  }

  @Test("--strict turns a failed handler into exit 1")
  func strict() async throws {
    let (result, _) = try await Self.replay("box.on('*', function() error('x') end)", Self.event(1), ["--strict"])
    #expect(result.status == 1)
  }

  @Test("a line that is no event is named, the others are handled, and the exit code is 65")
  func badLine() async throws {
    let (result, _) = try await Self.replay(
      "box.on('*', function(e) box.alert(e.event_id) end)", Self.event(1) + "no json\n" + Self.event(2))
    #expect(result.status == 65)
    #expect(result.lines.count == 2)
    #expect(result.errors.contains("events.jsonl:2: "))
  }

  @Test("a threshold fires when its count is reached, and repeats are summed up")
  func threshold() async throws {
    let events = (1...50).map { Self.event($0, "ITEM_DOWNLOAD") }.joined()
    let (result, _) = try await Self.replay(
      """
      box.rule { id = "mass", on = "download", threshold = { count = 20, within = "5m", by = "created_by.id" },
        severity = "high", title = function(event, hit) return event.actor.login .. " " .. hit.count end }
      """, events)
    #expect(result.lines.count == 2)
    #expect(result.lines[0].contains("\"title\":\"u7@example.com 20\""))
    #expect(result.lines[0].contains("\"dedup_key\":\"7\""))
    #expect(result.lines[1].contains("\"kind\":\"summary\""))
    #expect(result.lines[1].contains("(and 1 more)"))
  }

  @Test("queries are refused with a clear word, and answered by --mock")
  func mock() async throws {
    let rules = "box.on('*', function(e) box.alert(tostring(box.events { stream_type = 'all' }:count())) end)"
    let (refused, _) = try await Self.replay(rules, Self.event(1))
    #expect(refused.errors.contains("--mock FILE.lua answers such calls"))
    let scratch = try ScratchFolder()
    let mock = try scratch.write("mock.lua", "return { events = { { event_id = 'x' }, { event_id = 'y' } } }")
    let (answered, _) = try await Self.replay(rules, Self.event(1), ["--mock", mock])
    #expect(answered.lines.first?.contains("\"title\":\"2\"") == true)
  }

  @Test("functions in a mock file are told what was asked")
  func mockFunctions() async throws {
    let rules = """
      box.on('*', function(e)
        local name = box.api.get('/files/1', { fields = 'name' }).name
        box.alert(name .. ' ' .. box.http.post('https://example.com/', { body = 'hi' }).body)
      end)
      """
    let scratch = try ScratchFolder()
    let mock = try scratch.write(
      "mock.lua",
      """
      return {
        api = { ["GET /files/1"] = function(q) return { name = q.method .. q.path .. q.query.fields } end },
        http = function(q) return { status = 200, headers = {}, body = q.method .. q.url .. q.body } end,
      }
      """)
    let (answered, _) = try await Self.replay(rules, Self.event(1), ["--mock", mock])
    let expected = #""title":"GET/files/1name POSThttps://example.com/hi""#
    #expect(answered.lines.first?.contains(expected) == true, "\(answered.lines) \(answered.errors)")
  }

  @Test(
    "the configuration's budgets and sinks hold in tests and replays, whether its rules are meant or others",
    arguments: [
      ("budgets: { wait: 1s }", "waited longer than it may"), ("log: { level: info }", #"there is no sink "nosuch""#),
      (
        "sinks: { nosuch: { type: slack, url: \"${NOT_SET_HERE}\" }, f: { type: file, path: ./x/y } }",
        "x/y is the alerts' own file"
      ),
    ])
  func configuredOptions(text: String, message: String) async throws {
    let scratch = try ScratchFolder()
    _ = try scratch.write("boxwatch.yaml", text + "\n")
    _ = try scratch.write(
      "rules/a.lua",
      """
      box.on('upload', function() box.sleep('2s') box.alert { title = 'x', to = { 'nosuch' } }
        box.file.append('x/y', '') end)
      box.test('t', function(t) t:send { event_type = 'ITEM_UPLOAD' } t:expect_no_errors() end)
      """)
    let file = try scratch.write("events.jsonl", Self.event(1))
    for rules in [[], ["rules"]] {
      let named = rules.isEmpty ? [] : ["--rules"] + rules
      for command in [["test"] + rules, ["replay", file, "--strict", "--output", scratch.path("out")] + named] {
        let result = try await Command.start(command, directory: scratch.path("")).finish()
        #expect(result.status == 1)
        #expect((result.text + result.errors).contains(message), "\(command): \(result.text) \(result.errors)")
      }
    }
  }

  @Test("what a timer does stands between the events around it, whatever other files do", arguments: [1, 2])
  func timersAmongEvents(files: Int) async throws {
    let scratch = try ScratchFolder()
    _ = try scratch.write(
      "rules/a.lua",
      """
      box.on('*', function(e) box.file.append('a', e.event_id .. ' ') end)
      box.every('2s', function() box.file.append('a', 'tick ') end)
      """)
    for file in 1..<files + 1 where file > 1 {
      _ = try scratch.write("rules/\(file).lua", "box.on('edit', function() box.kv.set('k', 1) end)")
    }
    let events = try scratch.write("events.jsonl", (1...4).map { Self.event($0) }.joined(separator: "\n"))
    let result = try await Command.run([
      "replay", events, "--rules", scratch.path("rules"), "--output", scratch.path("out"),
    ])
    #expect(result.status == 0)
    let text = try String(contentsOfFile: scratch.path("out/a"), encoding: .utf8)
    let ids = text.split(separator: " ").map { $0 == "tick" ? "tick" : "event" }
    #expect(ids == ["event", "event", "tick", "event", "event"], "\(text)")
  }

  @Test("--diff prints which alerts differ")
  func diff() async throws {
    let scratch = try ScratchFolder()
    let other = try scratch.write("a.lua", "box.on('*', function(e) box.alert('new ' .. e.event_id) end)")
    let (result, _) = try await Self.replay(
      "box.on('*', function(e) box.alert('old ' .. e.event_id) end)", Self.event(1), ["--diff", other])
    #expect(result.lines.map { String($0.prefix(2)) } == ["- ", "+ "])
    #expect(!result.errors.contains("no difference"))
  }

  @Test(
    "--diff says so where nothing differs, on standard error",
    arguments: [("box.alert(e.event_id)", "the same 1 alert\n"), ("box.kv.set('k', 1)", "no alerts\n")])
  func noDifference(body: String, words: String) async throws {
    let scratch = try ScratchFolder()
    let rule = "box.on('*', function(e) \(body) end)"
    let other = try scratch.write("a.lua", "-- another text\n" + rule)
    let (result, _) = try await Self.replay(rule, Self.event(1), ["--diff", other])
    #expect(result.status == 0)
    #expect(result.text.isEmpty)
    #expect(result.errors.contains("boxwatch: no difference: both sides raise \(words)"), "\(result.errors)")
  }

  @Test("one broken file never stops the others")
  func brokenFile() async throws {
    let scratch = try ScratchFolder()
    try scratch.write("rules/a.lua", "box.on('*', function(e) box.alert(e.event_id) end)")
    try scratch.write("rules/b.lua", "local x =\n\n= 1")
    let events = try scratch.write("e.jsonl", Self.event(1))
    let result = try await Command.run([
      "replay", events, "--rules", scratch.path("rules"), "--output", scratch.path("out"),
    ])
    #expect(result.status == 0)
    #expect(result.lines.count == 1)
    #expect(result.errors.contains("rules/b.lua:3: error: "))
  }

  @Test("check names unknown globals, unknown types and missing ids with their lines")
  func check() async throws {
    let scratch = try ScratchFolder()
    let rule = try scratch.write(
      "a.lua", "box.on('uplaod', function(event)\n  pront(event)\nend)\nbox.rule { on = 'upload' }")
    let result = try await Command.run(["check", rule])
    #expect(result.status == 1)
    #expect(result.text.contains("a.lua:2: error: unknown global 'pront': it is nil here; did you mean 'print'?"))
    #expect(result.text.contains("a.lua:4: error: box.rule: id is missing"))
    #expect(result.errors == "1 file, 2 errors, 1 warning\n")
    let warned = try await Command.run([
      "check", try scratch.write("b.lua", "box.on('uplaod', function() end)"), "--strict",
    ])
    #expect(warned.status == 1)
    #expect(warned.text.contains("b.lua:1: warning: "))
    #expect(warned.errors == "1 file, 0 errors, 1 warning\n")
    #expect(warned.text.contains("did you mean \"upload\"?"))
  }

  @Test("test exits 1 when one fails, and says where")
  func failingTest() async throws {
    let scratch = try ScratchFolder()
    let rule = try scratch.write(
      "a.lua",
      """
      box.on("upload", function(event) box.alert(event.item.name) end)
      box.test("alerts", function(t)
        t:send { event_type = "ITEM_UPLOAD", source = { type = "file", name = "x" } }
        t:expect_alerts(1)
        t:alert(1):has { title = "~x" }
      end)
      box.test("fails", function(t)
        t:expect_alerts(1)
      end)
      """)
    let result = try await Command.run(["test", rule, "--format", "tap"])
    #expect(result.status == 1)
    #expect(result.text.contains("ok 1 - alerts"))
    #expect(result.text.contains("not ok 2 - fails"))
    #expect(result.text.contains("expected 1 alert, got 0"))
    let few = try await Command.run(["test", rule, "--filter", "alerts", "--min-tests", "2"])
    #expect(few.status == 1)
  }

  @Test("a filter that no test's name holds exits 65, and the seed is told where a test has run")
  func nothingToTest() async throws {
    let scratch = try ScratchFolder()
    let rule = try scratch.write("a.lua", "box.test('alerts', function(t) error 'x' end)")
    let failing = try await Command.run(["test", rule, "--seed", "5"])
    #expect(failing.status == 1)
    #expect(failing.errors.contains("the seed was 5"))
    let filtered = try await Command.run(["test", rule, "--filter", "alarm"])
    #expect(filtered.status == 65)
    #expect(filtered.text == "0 passed, 0 failed\n")
    #expect(filtered.errors.hasPrefix("boxwatch: error: no test has alarm in its name\n"))
    let broken = try await Command.run(["test", try scratch.write("b.lua", "box.on("), "--filter", "alarm"])
    #expect(broken.status == 1)
    #expect(broken.text.contains("0 passed, 0 failed, 1 file did not load"))
    #expect(broken.errors == "")
  }

  @Test("the example rules pass their tests, and check finds nothing in them")
  func examples() async throws {
    let rules = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("scripts/rules").path
    let tests = try await Command.run(["test", rules, "--min-tests", "40", "--seed", "1"])
    #expect(tests.status == 0, "\(tests.text)")
    let check = try await Command.run(["check", rules, "--strict"])
    #expect(check.status == 0, "\(check.text)")
    let scratch = try ScratchFolder()
    let demo = try await Command.start(
      ["run", "--once", "--simulate", "--stream-type", "admin_logs_streaming", rules], directory: scratch.path("")
    ).finish()
    #expect(demo.status == 0 && !demo.errors.contains("does not occur"), "\(demo.errors)")
  }

  @Test("the rule of the README's tutorial passes its test, and names everybody whose downloads it tells of")
  func tutorial() async throws {
    let readme = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("README.md")
    let text = try String(contentsOf: readme, encoding: .utf8)
    let rule = try #require(text.firstMatch(of: #/-- rules/spreadsheets\.lua\n[^`]+/#)?.output)
    let scratch = try ScratchFolder()
    try scratch.write("rules/spreadsheets.lua", String(rule))
    let test = try await Command.start(["test"], directory: scratch.path("")).finish()
    #expect(test.text == "1 passed, 0 failed\n")
    let run = try await Command.start(
      ["run", "--once", "--simulate", "--from", "beginning"], directory: scratch.path("")
    ).finish()
    #expect(run.status == 0, "\(run.errors)")
    let alerts = try scratch.read("output/alerts.jsonl")
    #expect(alerts.contains(#""title":"Unknown User downloads "#) && !alerts.contains(#""title":" downloads "#))
  }

  @Test("rules that are not there exit 66")
  func missingRules() async throws {
    let result = try await Command.run(["test", "/nonexistent/rules"])
    #expect(result.status == 66)
  }

  @Test("without a path the configuration's rules are meant, whether its secrets are set or not")
  func configured() async throws {
    let scratch = try ScratchFolder()
    _ = try scratch.write("other/a.lua", "box.on('upload', function(event) box.alert(event.event_id) end)")
    _ = try scratch.write("other/a_test.lua", "box.test('t', function(t) t:send { event_type = 'ITEM_UPLOAD' } end)")
    _ = try scratch.write("rules/broken.lua", "this is not Lua")
    _ = try scratch.write(
      "boxwatch.yaml",
      "rules: other/\nsinks: { s: { type: slack, url: \"${NOT_SET_HERE}\" } }\nsecrets: { k: \"${NOT_SET_HERE}\" }\n")
    let file = try scratch.write("events.jsonl", Self.event(1))
    func run(_ arguments: [String]) async throws -> Command.Result {
      try await Command.start(arguments, directory: scratch.path("")).finish()
    }
    let check = try await run(["check"])
    #expect(check.status == 0)
    #expect((check.text + check.errors).contains(" 0 errors, 0 warnings"))
    let test = try await run(["test"])
    #expect(test.status == 0)
    #expect((test.text + test.errors).contains("1 passed, 0 failed"))
    let replay = try await run(["replay", file, "--output", scratch.path("out")])
    #expect(replay.status == 0)
    #expect(replay.lines.count == 1)
    // From elsewhere the configuration is named.
    let configuration = ["--config", scratch.path("boxwatch.yaml")]
    for command in [["check"], ["test"], ["replay", file, "--output", scratch.path("out")]] {
      let named = try await Command.run(command + configuration)
      #expect(named.status == 0, "\(command[0]): \(named.errors)")
    }
    let both = try await Command.run(["check", scratch.path("other")] + configuration)
    #expect(both.status == 0)
    _ = try scratch.write("boxwatch.yaml", "ruels: other\n")
    let wrong = try await run(["check"])
    #expect(wrong.status == 78)
    #expect(wrong.errors.contains("boxwatch.yaml:1:"))
  }
}
