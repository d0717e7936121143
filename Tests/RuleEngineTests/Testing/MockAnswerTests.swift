import Testing

@testable import RuleEngine

@Suite("What a test's mocks answer", .timeLimit(.minutes(2)))
struct MockAnswerTests {
  /// Runs a handler with this body on one event, and tells what it wrote.
  private static func run(_ mocks: String, _ body: String) async throws -> [RuleTestFailure] {
    let folder = try RuleFolder([
      "a.lua": """
      box.on("*", function(event)
        local function tell(...) box.file.append("log", table.concat({ ... }, " ") .. "\\n") end
        \(body)
      end)
      box.test("mocks", function(t)
        \(mocks)
        t:send { event_type = "UPLOAD", event_id = "e" }
        t:expect_no_errors()
        t:expect_file("log", "expected\\n")
      end)
      """
    ])
    let source = try #require(try folder.sources().first)
    return await RuleTests.run(source, options: RuleOptions(), settings: .init(seed: 1)).flatMap(\.failures)
  }

  private static let events = """
    t:mock_events {
      { event_id = "1", event_type = "UPLOAD", created_at = "2025-12-30T00:00:00Z" },
      { event_id = "2", event_type = "DOWNLOAD", created_at = "2025-12-31T00:00:00Z" },
      { event_id = "3", event_type = "UPLOAD", created_at = "2025-12-31T19:00:00-05:00" },
      { event_id = "4", event_type = "UPLOAD" },
    }
    """

  @Test(
    "a query gets the events that Box would give on its stream",
    arguments: [
      ("stream_type = 'admin_logs'", "1 2 3 4"),
      ("stream_type = 'admin_logs', event_type = { 'DOWNLOAD', 'LOGIN' }", "2"),
      ("stream_type = 'admin_logs', event_type = 'UPLOAD,LOGIN', created_after = '-24h'", "3 4"),
      ("stream_type = 'admin_logs', created_after = '2025-12-31T00:00:00Z'", "2 3 4"),
      ("stream_type = 'admin_logs', created_before = '2025-12-30T12:00:00Z'", "1 4"),
      ("stream_type = 'admin_logs_streaming', event_type = 'UPLOAD'", "1 3 4"),
      // Box ignores types on user streams; what it gives beside them is left out here.
      ("event_type = 'UPLOAD'", "1 3 4"),
    ])
  func filtered(query: String, expected: String) async throws {
    let failures = try await Self.run(
      Self.events,
      """
      local ids = {}
      for other in box.events { \(query) } do ids[#ids + 1] = other.event_id end
      local found = table.concat(ids, " ")
      tell(found == "\(expected)" and "expected" or found)
      """)
    #expect(failures.map(\.message) == [])
  }

  @Test(
    "events that were gone through to their end are told from none; what take left is gone through as it is",
    arguments: [
      "local all = box.events {} for _ in all do end", "local all = box.events {} all:count()",
      "local all = box.events {} all:all()", "local all = box.events {} all:take(9) all:count()",
    ])
  func usedUp(first: String) async throws {
    let failures = try await Self.run(
      Self.events,
      """
      \(first)
      for _, again in ipairs { function() for _ in all do end end, function() return (all:count()) end,
        function() return (all:all()) end, function() return (all:take(1)) end } do
        local ok, problem = pcall(again)
        assert(not ok and tostring(problem):find("a.lua:%d+: box.events: these events were gone through"), problem)
      end
      assert(all() == nil and all() == nil, "whoever asks by hand sees the end again")
      local part = box.events {}
      assert(#part:take(3) == 3 and #part:take(3) == 1 and #part:take(3) == 0)
      tell(part:count() == 0 and "expected")
      """)
    #expect(failures.map(\.message) == [])
  }

  @Test("equal events without ids are each one event; a limit is kept, and the position goes on behind it")
  func pages() async throws {
    let failures = try await Self.run(
      "t:mock_events { { event_type = 'UPLOAD' }, { event_type = 'UPLOAD' }, { event_type = 'UPLOAD' } }",
      """
      local first = box.get_events { limit = 2 }
      local second = box.get_events { limit = 2, stream_position = first.next_stream_position }
      local third = box.get_events { limit = 2, stream_position = second.next_stream_position }
      local found = table.concat({ #first.entries, #second.entries, #third.entries, box.events {}:count() }, " ")
      tell(found == "2 1 0 3" and "expected" or found)
      """)
    #expect(failures.map(\.message) == [])
  }

  @Test("header names of an answer are in lower case, as those of a real one")
  func headers() async throws {
    let failures = try await Self.run(
      "t:mock_http('GET', 'https://h.example/', { status = 200, headers = { ['X-Y'] = 'expected' } })",
      "tell(box.http.get('https://h.example/').headers['x-y'])")
    #expect(failures.map(\.message) == [])
  }

  @Test("what is no event is refused where it is mocked")
  func noEvent() async throws {
    let failures = try await Self.run("t:mock_events { { event_id = '1' }, 'x' }", "tell 'expected'")
    #expect(failures.first?.message.contains("element 2 is none") == true, "\(failures)")
  }

  @Test("a status of 400 or more is raised as Box's refusal; each answer serves once, the last for ever")
  func refusal() async throws {
    let failures = try await Self.run(
      """
      t:mock_api("GET", "/files/1", { status = 404, code = "not_found", message = "gone", request_id = "r" })
      t:mock_api("GET", "/files/1", { status = 503 })
      """,
      """
      local ok, problem = pcall(box.api.get, "/files/1")
      assert(not ok and problem.status == 404 and problem.code == "not_found" and problem.request_id == "r")
      assert(problem.message:find("GET /2.0/files/1: Box answered 404, not_found: gone", 1, true), problem.message)
      for _ = 1, 2 do
        ok, problem = pcall(box.api.get, "/files/1")
        assert(not ok and problem.status == 503)
      end
      tell "expected"
      """)
    #expect(failures.map(\.message) == [])
  }

  @Test("a refusal that no handler catches fails the test as it fails the handler")
  func uncaught() async throws {
    let failures = try await Self.run("t:mock_api('GET', '/x', { status = 403 })", "box.api.get '/x'")
    #expect(failures.contains { $0.message.contains("Box answered 403") }, "\(failures)")
  }

  @Test("a member called status that is no refusal is an answer like any other")
  func plainStatus() async throws {
    let failures = try await Self.run(
      """
      t:mock_api("GET", "/a", { status = "active" })
      t:mock_api("GET", "/b", { status = 200 })
      t:mock_api("DELETE", "/c", nil)
      """,
      """
      assert(box.api.get("/a").status == "active" and box.api.get("/b").status == 200)
      assert(box.api.delete("/c") == nil)
      tell "expected"
      """)
    #expect(failures.map(\.message) == [])
  }
}
