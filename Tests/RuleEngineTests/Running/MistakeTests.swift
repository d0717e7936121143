import Testing

@testable import RuleEngine

@Suite("Wrong arguments", .timeLimit(.minutes(2)))
struct MistakeTests {
  @Test(
    "an error names the function that the script called, and the first argument that is wrong",
    arguments: [
      ("box.http.get()", "bad argument #1 to 'box.http.get' (URL expected, got nil)"),
      ("box.http.get('x')", #"box.http.get: "x" is no http or https URL"#),
      ("box.api.get()", "bad argument #1 to 'box.api.get' (path expected, got nil)"),
      ("box.api.get('/a', 5)", "bad argument #2 to 'box.api.get' (table expected, got number)"),
      ("box.api.get('/a', { 5 })", "bad argument #2 to 'box.api.get' (table of named fields expected, got a list)"),
      ("box.api.delete('a')", #"box.api.delete: "a" is no path"#),
      ("box.file.append()", "bad argument #1 to 'box.file.append' (string expected, got nil)"),
      ("box.file.append('z')", "bad argument #2 to 'box.file.append' (string expected, got nil)"),
      ("box.file.write()", "bad argument #1 to 'box.file.write' (string expected, got nothing)"),
      ("box.file.append('z', 'x', { rotate = '1K', keep = 'x' })", "box.file.append: keep must be a whole number"),
      ("box.http.post('https://a', { json = 1, body = 'x' })", "box.http.post: json and body are two bodies"),
      ("box.http.get('https://a', { timeout = 0 })", "box.http.get: timeout must be longer than zero"),
      ("box.webhook('https://a', 1, {})", "box.webhook takes a URL and a value"),
      ("box.file.append('alerts.jsonl/x', 'x')", "box.file.append: alerts.jsonl is the alerts' own file"),
      ("box.file.append('other/b', 'x')", "box.file.append: other/b/alerts is the alerts' own file"),
      ("box.file.write('a', 'x', { rotate = '1K' })", "box.file.write takes a path and a text; it does not rotate"),
      ("box.alert('x', { severity = 'high' })", "box.alert takes a title, or one table"),
      ("box.exec { '/bin/true', timeout = 0 }", "box.exec: timeout must be longer than zero"),
      ("box.kv.set('k', 1, { ttl = 0 })", "box.kv.set: ttl must be longer than zero"),
      ("box.once('k', 0)", "box.once: the period must be longer than zero"),
      ("box.window('w', '1m') box.window('w', '2m')", #"box.window: the window "w" has the span 60 s already"#),
      ("box.file.append('alerts.jsonl', 'x')", "box.file.append: alerts.jsonl is the alerts' own file"),
      ("box.file.write('./alerts.jsonl', 'x')", "box.file.write: alerts.jsonl is the alerts' own file"),
      ("box.events {}:take(-1)", "box.events: take(-1) must be 0 or more"),
      ("box.events { created_before = '-1h' }", "box.events: created_before needs stream_type"),
      ("box.window()", "bad argument #1 to 'box.window' (name expected, got nil)"),
      ("box.window('w', '0s')", "box.window: the span must be longer than zero"),
      ("box.list()", "bad argument #1 to 'box.list' (file name expected, got nil)"),
      ("os.time { year = 2024 }", "field 'month' missing in date table"),
      ("os.time(5)", "bad argument #1 to 'os.time' (table expected, got number)"),
      ("os.date('%Q')", "bad argument #1 to 'os.date' (invalid conversion specifier '%Q')"),
    ])
  func arguments(call: String, message: String) async throws {
    let adjust: (inout RuleOptions) -> Void = { $0.alertFiles.append("other/b/alerts") }
    try await LiveRules.run(["a.lua": "box.on('*', function()\n\(call)\nend)"], options: adjust) { rules in
      let failure = try #require(try await rules.handle("1").failures.first)
      #expect(failure.failure.message.contains("a.lua:2: \(message)"))
    }
  }

  @Test(
    "a key function that returns no key fails the call, and says whose it is",
    arguments: ["dedup_key", "threshold.by"])
  func keys(name: String) async throws {
    let key = "function() return {} end"
    let more =
      name == "dedup_key" ? "dedup_key = \(key)" : "threshold = { count = 2, within = '1m', by = \(key) }"
    try await LiveRules.run(["a.lua": "box.rule { id = 'r', on = '*', \(more) }"]) { rules in
      let failure = try #require(try await rules.handle("1").failures.first)
      #expect(
        failure.failure.message.contains("a.lua:1: rule r: its \(name) function returned table; it must return text"))
    }
  }

  @Test(
    "a path that leaves the API's own is refused, encoded or not",
    arguments: [
      "/../oauth2/token", "/%2e%2e/oauth2/token", "/%2E%2e/x", "/.%2e/x", "/%2e./x", "/a//b", "/a%2F/b", "/%2fb",
      "/a%5cb",
      "/a#b",
    ])
  func refusedPaths(path: String) async throws {
    try await LiveRules.run(["a.lua": "box.on('*', function() box.api.get('\(path)') end)"]) { rules in
      let failure = try #require(try await rules.handle("1").failures.first)
      #expect(failure.failure.message.contains("is no path such as"))
      #expect(rules.services.asked.isEmpty)
    }
  }

  @Test("other encoded characters are let through", arguments: ["/files/a%20b", "/files/a.b%2ec", "/files/%252e%252e"])
  func allowedPaths(path: String) async throws {
    try await LiveRules.run(["a.lua": "box.on('*', function() box.api.get('\(path)') end)"]) { rules in
      try await rules.handle("1")
      #expect(rules.services.asked == [path])
    }
  }

  @Test(
    "a test's own calls say what is wrong with their arguments",
    arguments: [
      ("t:kv()", "bad argument #1 to 't:kv' (string expected, got nil)"),
      ("t:kv({})", "bad argument #1 to 't:kv' (string expected, got table)"),
      ("t:expect_alerts()", "bad argument #1 to 't:expect_alerts' (number expected, got nothing)"),
      ("t:expect_alerts('x')", "bad argument #1 to 't:expect_alerts' (number expected, got string)"),
      ("t:mock_api('FOO', '/x', {})", #"t:mock_api: the method must be one of GET, POST, PUT, DELETE, got "FOO""#),
      ("t:mock_api('GET', 'x', {})", #"t:mock_api: "x" is no path such as "/files/123"; no call would meet it"#),
      ("t:mock_http('GET', 'https://a', { foo = 1 })", "t:mock_http: unknown option 'foo'"),
      ("t:mock_http('GET', 'https://a', { status = 'x' })", "t:mock_http: status must be a whole number, got string"),
      ("t:mock_http('GET', 'https://a', { status = 99 })", "t:mock_http: status must be 100 to 599, got 99"),
    ])
  func testCalls(call: String, message: String) async throws {
    let folder = try RuleFolder(["a.lua": "box.test('t', function(t) \(call) end)"])
    let source = try #require(try folder.sources().first)
    let results = await RuleTests.run(source, options: RuleOptions(), settings: .init(seed: 1))
    #expect(results.flatMap(\.failures).map(\.message) == [message])
  }

  @Test("xpcall whose handler raises returns false, as in Lua")
  func handlerRaises() async throws {
    let text = """
      box.on("*", function()
        local ok, problem = xpcall(error, function() error("again") end, "x")
        box.file.append("log", tostring(ok) .. " " .. problem:gsub("/.*/", ""))
      end)
      """
    try await LiveRules.run(["a.lua": text]) { rules in
      let result = try await rules.handle("1")
      #expect(result.written == ["false error in error handling: a.lua:2: again"])
    }
  }
}
