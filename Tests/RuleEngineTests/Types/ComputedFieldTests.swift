import BoxClient
import Testing

@testable import RuleEngine

@Suite("Fields that only the event object has", .timeLimit(.minutes(1)))
struct ComputedFieldTests {
  private static let event = #"""
    {"event_id":"1","event_type":"ITEM_UPLOAD","created_by":{"id":2,"name":"Someone"},
    "additional_details":"{\"k\":\"v\",\"n\":5,\"deep\":{\"x\":[true]},\"none\":null}","source":{"type":"file","id":7,
    "path_collection":{"total_count":3,"entries":[{"name":"All Files"},{"id":"3"},{"name":"A \u00e4"}]}}}
    """#

  /// Brings the event to rules, and tells what they wrote.
  private static func written(_ text: String, _ event: String = event) async throws -> [String] {
    var written: [String] = []
    try await LiveRules.run(["a.lua": text]) { rules in
      let page = try Events(array: PaddedBytes("[\(event)]".utf8))
      let result = try #require(await rules.handle(page).first)
      #expect(result.failures.isEmpty)
      written = result.written
    }
    return written
  }

  @Test("a field is found by its decoded key; a key whose escape means nothing is the key as it stands")
  func oddKeys() async throws {
    let written = try await Self.written(
      #"""
      box.on("*", function(event)
        local names = {}
        for name in pairs(event) do names[#names + 1] = name end
        local values = { event["äb"], event["a\\q"], event["a\"b"], event["ab"] or "-", #names }
        box.file.append("log", table.concat(values, " "))
      end)
      """#,
      #"{"event_id":"1","event_type":"UPLOAD","\u00e4b":"one","a\q":"two","a\"b":"three"}"#)
    #expect(written == ["one two three - 5"])
  }

  @Test(
    "a filter compares what the handler sees",
    arguments: [
      ("path", "'All Files//A ä'"), ("details.k", "'v'"), ("details.n", "5"), ("details.deep.x.1", "true"),
      ("actor.anonymous", "true"), ("actor.id", "2"), ("replayed", "false"), ("attempt", "1"),
    ])
  func matches(path: String, value: String) async throws {
    let written = try await Self.written(
      """
      local function seen(text) return function(event) box.file.append("log", text) end end
      box.on("*", { ["\(path)"] = \(value) }, seen("equal"))
      box.on("*", { ["\(path)"] = { "other", \(value) } }, seen("listed"))
      box.on("*", { ["\(path)"] = "something else" }, seen("differs"))
      box.on("*", { ["\(path)"] = function(value) return value == \(value) end }, seen("asked"))
      box.on("*", function(event)
        if event:get("\(path)") == \(value) then box.file.append("log", "handler") end
      end)
      """)
    // An actor's id is text for the script, whatever it is compared with.
    let asText = ["equal", "listed"]
    #expect(written == (path == "actor.id" ? asText : asText + ["asked", "handler"]))
  }

  @Test(
    "what is not there matches nothing",
    arguments: ["path", "details.none", "details.missing", "details", "actor.anonymous"])
  func missing(path: String) async throws {
    let written = try await Self.written(
      """
      box.on("*", { ["\(path)"] = function() return true end }, function() box.file.append("log", "asked") end)
      """,
      #"{"event_id":"1","event_type":"LOGIN","created_by":{"id":"7"},"additional_details":"no JSON","source":null}"#)
    #expect(written == [])
  }

  @Test("a predicate on all details gets them decoded")
  func allDetails() async throws {
    let written = try await Self.written(
      """
      box.on("*", { details = function(details) return details.deep.x[1] end }, function(event)
        box.file.append("log", "asked")
      end)
      """)
    #expect(written == ["asked"])
  }

  @Test("a threshold counts by them, and by its rule where nothing is there to count by")
  func keys() async throws {
    let written = try await Self.written(
      """
      for by, path in pairs { path = "path", details = "details.k", none = "details.none" } do
        box.rule { id = by, on = "*", threshold = { count = 1, within = "5m", by = path }, run = function(event, hit)
          box.file.append("log", by .. "=" .. hit.key)
        end }
      end
      box.rule { id = "plain", on = "*", threshold = { count = 1, within = "5m" }, run = function(event, hit)
        box.file.append("log", "plain=" .. hit.key)
      end }
      box.rule { id = "alert", on = "*", threshold = { count = 1, within = "5m" } }
      """)
    #expect(written.sorted() == ["details=v", "none=none", "path=All Files//A ä", "plain=plain"])
  }

  @Test("an event that is remembered has its ids as text, as its own table has them")
  func remembered() async throws {
    let written = try await Self.written(
      """
      box.on("*", function(event)
        local function show(value) box.file.append("log", type(value) .. " " .. tostring(value)) end
        box.kv.set("event", event)
        show(box.kv.get("event").source.id)
        box.kv.set("inside", { list = { event } })
        show(box.kv.get("inside").list[1].created_by.id)
        box.kv.set("part", event.source)
        show(box.kv.get("part").id)
        box.kv.shared.set("own", { id = 5 })
        show(box.kv.shared.get("own").id)
        show(box.kv.get("event").additional_details == event.additional_details)
      end)
      """)
    #expect(written == ["string 7", "string 2", "string 7", "number 5", "boolean true"])
  }
}
