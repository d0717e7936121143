import BoxClient
import Testing

@testable import RuleEngine

@Suite("Queries of all pages", .timeLimit(.minutes(2)))
struct QueryTests {
  private static func page(
    _ events: [(id: String, time: String?)], type: String = "UPLOAD", next: String
  ) throws -> Events {
    let entries = events.map { id, time in
      let created = time.map { #","created_at":"2026-01-05T\#($0):00Z""# } ?? ""
      return #"{"event_id":"\#(id)","event_type":"\#(type)"\#(created)}"#
    }
    return try Events(
      page: PaddedBytes(#"{"next_stream_position":"\#(next)","entries":[\#(entries.joined(separator: ","))]}"#.utf8))
  }

  @Test(
    "the times that were asked for hold on every page, and end the query",
    arguments: [
      (#"created_after = "2026-01-05T09:05:00Z", created_before = "2026-01-05T09:30:00Z""#, "b c x", 1),
      (#"created_before = "2026-01-05T10:30:00+01:00""#, "a b c x", 1),
      (#"created_after = "2026-01-05T09:15:00Z""#, "c d e f g x", 0),
      ("", "a b c d e f g x", 0),
    ])
  func times(parameters: String, expected: String, left: Int) async throws {
    let text = """
      box.on("DOWNLOAD", function()
        local ids = {}
        for event in box.events { stream_type = "admin_logs", \(parameters) } do ids[#ids + 1] = event.event_id end
        table.sort(ids)
        box.file.append("ids", table.concat(ids, " "))
      end)
      """
    try await LiveRules.run(["a.lua": text]) { rules in
      let pages = [
        try Self.page([("a", "09:00"), ("b", "09:10")], next: "2"),
        try Self.page([("c", "09:20"), ("x", nil), ("d", "10:00")], next: "4"),
        try Self.page([("e", "11:00"), ("f", "12:00")], next: "6"),
        try Self.page([("g", "13:00")], next: "6"),
        try Self.page([], next: "6"),
      ]
      rules.services.pages.withLock { $0 = pages }
      let result = try await rules.handle("1")
      #expect(result.written == [expected])
      // The page behind the end is not asked for.
      #expect(rules.services.pages.withLock { $0.count } == (left == 0 ? 0 : 2))
    }
  }

  @Test(
    "an end is believed where the position stands still, or after a few empty pages",
    arguments: [
      // Position 0, as `admin_logs` ends and as Box has lied: looked at twice where a large page came before.
      ("limit = 100", ["a*50 2", " 0", "b*50 3", " 0", " 0", "c 4"], "a b", 1),
      ("limit = 101", ["a*50 2", " 0", "b 3"], "a", 1),
      ("limit = 1", ["a 2", " 0", "b 3"], "a", 1),
      ("", ["a 2", "b now", "c 3"], "a b", 1),
      ("", [" 0", "a 3"], "", 1),
      // A page of what is known goes on where the position moves, but not in circles.
      ("", ["a 2", "a 3", "b 4", "b 5", "b 4", "c 6"], "a b", 1),
      ("", ["a 2", "a 2", "b 3"], "a", 1),
      // So does an empty one, for a while.
      ("", ["a 2", " 3", " 4", " 5", "b 6", " 7", "c 8"], "a b", 1),
      ("", [" 2", " 3", " 4", " 5", "a 6"], "", 1),
      ("event_type = 'UPLOAD'", [" 2", " 3", " 4", " 5", " 6", "a 7", " 7", "b 8"], "a", 1),
      ("event_type = 'UPLOAD'", ["a 2"] + (3...14).map { " \($0)" }, "a", 1),
      // The answer to `now` is empty.
      ("stream_position = 'now'", [" 2", "a 3"], "", 1),
    ])
  func end(parameters: String, pages: [String], expected: String, left: Int) async throws {
    let text = """
      box.on("DOWNLOAD", function()
        local ids = {}
        for event in box.events { stream_type = "admin_logs_streaming", \(parameters) } do
          local id = event.event_id:match("%a")
          if id ~= ids[#ids] then ids[#ids + 1] = id end
        end
        box.file.append("ids", table.concat(ids, " "))
      end)
      """
    let adjust: (inout RuleOptions) -> Void = { $0.queryPause = .milliseconds(1) }
    try await LiveRules.run(["a.lua": text], options: adjust) { rules in
      let answers = try pages.map { page in
        let parts = page.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        let (id, count) = (String(parts[0].prefix(1)), Int(parts[0].dropFirst(2)) ?? 1)
        return try Self.page(
          id.isEmpty ? [] : (0..<count).map { (count == 1 ? id : "\(id)\($0)", nil) }, next: parts[1])
      }
      rules.services.pages.withLock { $0 = answers }
      let result = try await rules.handle("1")
      #expect(result.written == [expected])
      #expect(rules.services.pages.withLock { $0.count } == left)
    }
  }

  @Test("events of other types are left out, where Box does not heed the types too; what repeats ends the query")
  func types() async throws {
    let text = """
      box.on("DOWNLOAD", function()
        local ids = {}
        for event in box.events { event_type = "upload, new_user" } do ids[#ids + 1] = event.event_id end
        box.file.append("ids", table.concat(ids, " "))
        box.events { event_type = "edti" }:count()
        box.events { event_type = "edti" }:count()
      end)
      """
    let adjust: (inout RuleOptions) -> Void = { $0.queryPause = .milliseconds(1) }
    try await LiveRules.run(["a.lua": text], options: adjust) { rules in
      let pages = [
        try Self.page([("a", nil), ("b", nil)], type: "ITEM_UPLOAD", next: "2"),
        try Self.page([("c", nil)], type: "ITEM_PREVIEW", next: "3"),
        try Self.page([("d", nil)], type: "NEW_USER", next: "4"),
        // The same once more, at the same place: none of it was given.
        try Self.page([("e", nil)], type: "ITEM_PREVIEW", next: "5"),
        try Self.page([("e", nil)], type: "ITEM_PREVIEW", next: "5"),
        try Self.page([], next: "0"), try Self.page([], next: "0"), try Self.page([], next: "0"),
      ]
      rules.services.pages.withLock { $0 = pages }
      #expect(try await rules.handle("1").written == ["a b d"])
      #expect(rules.services.pages.withLock { $0.count } == 1)
      let warnings = rules.services.logged.filter { $0.text.contains("edti") }
      #expect(warnings.count == 1, "\(rules.services.logged.map(\.text))")
    }
  }
}
