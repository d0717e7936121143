import BoxClient
import LuaHost
import Testing

@testable import RuleEngine

@Suite("The reference of the box module", .timeLimit(.minutes(1)))
struct ReferenceTests {
  /// What a running state has: each function and value below `box`, by its path.
  private static let walk = """
    local function walk(table, path)
      for key, value in pairs(table) do
        local name = path .. '.' .. key
        if type(value) == 'table' then walk(value, name) else print(name) end
      end
    end
    walk(box, 'box')
    """

  @Test("describes every function and value that a running state has, and nothing else")
  func module() async throws {
    try await TypedChunks.run { chunks in
      let result = await chunks.run(Self.walk)
      #expect(result.failure == nil)
      let described = APIReference.entries.map(\.name).filter { $0.hasPrefix("box.") }
      #expect(Set(chunks.printed) == Set(described))
      #expect(Set(described).count == described.count)
    }
  }

  @Test("describes the methods of windows, of queries and of tests, and no others")
  func objects() {
    let classes = ["Window": "window", "Events": "events", "Test": "t"]
    for (name, prefix) in classes {
      let there = Prelude.text.matches(of: try! Regex("function \(name):(\\w+)")).map {
        "\(prefix):\($0.output[1].substring!)"
      }
      let described = APIReference.entries.map(\.name).filter { $0.hasPrefix(prefix + ":") }
      #expect(Set(there) == Set(described), "\(name)")
    }
  }

  @Test("describes the methods of events as they are")
  func eventMethods() async throws {
    let methods = APIReference.entries.map(\.name).filter { $0.hasPrefix("event:") }.map { $0.dropFirst(6) }
    #expect(methods.sorted() == ["get", "json", "table"])
    try await TypedChunks.run { chunks in
      for method in methods {
        await chunks.run("box.on('*', function(event) print(type(event.\(method))) end)")
      }
      _ = await chunks.console.handle(
        try chunks.event(#"{"event_id":"1","event_type":"UPLOAD"}"#), fresh: [0], stream: "s")
      #expect(chunks.printed == methods.map { _ in "function" })
    }
  }

  @Test("every function has two lines, an example that is Lua, and a signature that begins with its name")
  func entries() async throws {
    try await TypedChunks.run { chunks in
      for entry in APIReference.entries {
        #expect(entry.summary.split(separator: "\n").count == 2, "\(entry.name)")
        #expect(entry.signature.hasPrefix(entry.name), "\(entry.name)")
        guard case .complete = await chunks.console.completeness(of: entry.example, name: "example") else {
          Issue.record("the example of \(entry.name) is no Lua: \(entry.example)")
          continue
        }
      }
    }
  }

  @Test("the annotations are Lua")
  func annotationsAreLua() async throws {
    let text = APIReference.annotations()
    #expect(text.hasPrefix("---@meta box\n"))
    try await TypedChunks.run { chunks in
      // Within a function, so that nothing runs and the text stays as it is.
      let result = await chunks.run("local module = function(...)\n\(text)end")
      #expect(result.failure == nil)
    }
  }

  @Test("the annotations have every function with its parameters, and every event type")
  func annotationsAreWhole() throws {
    let text = APIReference.annotations()
    for entry in APIReference.entries where entry.name.hasPrefix("box.") && !entry.isField {
      #expect(text.contains("function \(entry.name)("), "\(entry.name)")
      for parameter in entry.parameters { #expect(text.contains("---@param \(parameter.name)"), "\(entry.name)") }
    }
    for name in EventNames.all { #expect(text.contains("---| \"\(name)\"\n"), "\(name)") }
    #expect(text.contains("function Window:distinct(key) end"))
    #expect(text.contains("---@overload fun(types: box.EventType|box.EventType[], handler: fun(event: box.Event)"))
  }

  @Test("every shape that a parameter names is described")
  func shapesAreThere() {
    let text = APIReference.annotations()
    let used = text.matches(of: try! Regex("box\\.[A-Z][A-Za-z]+")).map { String($0.output[0].substring!) }
    for name in Set(used) {
      #expect(
        text.contains("---@class \(name)\n") || text.contains("---@class \(name):")
          || text.contains("---@alias \(name) "),
        "\(name)")
    }
  }

  @Test(
    "the annotations have the fields of an event",
    arguments: [
      "event_id", "event_type", "created_at", "created_by", "source", "kind", "actor", "item", "details", "path",
      "stream",
      "replayed", "attempt", "additional_details",
    ])
  func eventFields(field: String) throws {
    let text = APIReference.annotations()
    let begin = try #require(text.range(of: "---@class box.Event\n"))
    let end = try #require(text.range(of: "local Event = {}"))
    let fields = text[begin.upperBound..<end.lowerBound]
    #expect(fields.contains("---@field \(field) ") || fields.contains("---@field \(field)? "))
  }

  @Test("the page of Markdown has every entry, and tables that hold")
  func markdown() {
    let text = APIReference.markdown()
    for entry in APIReference.entries { #expect(text.contains("### `\(entry.name)`\n"), "\(entry.name)") }
    let rows = text.split(separator: "\n").filter { $0.hasPrefix("|") }
    #expect(rows.count > 50)
    for row in rows {
      // A bar that is part of a type has a backslash before it.
      let bars = row.indices.filter { row[$0] == "|" && ($0 == row.startIndex || row[row.index(before: $0)] != "\\") }
      #expect(bars.count == 4, "\(row)")
    }
  }

  @Test("the settings of the language server are JSON that names the annotations")
  func settings() async throws {
    try await TypedChunks.run { chunks in
      let result = await chunks.run(
        "local s = box.json.decode([==[\(APIReference.languageServerSettings())]==]); print(s['workspace.library'][1])")
      #expect(result.failure == nil)
      #expect(chunks.printed == ["types"])
    }
  }
}
