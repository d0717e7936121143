import BoxClient
import Testing

@testable import RuleEngine

@Suite("An event's item in each of its forms")
struct ItemFormTests {
  /// A filter and the handler see the same item, whatever the form of `source`.
  @Test(
    "what a filter compares is what the handler sees",
    arguments: [
      (#"{"type":"file","id":"1","name":"a.exe"}"#, "1", "a.exe", "file"),
      (#"{"type":"folder","id":"1","name":"a.exe","item_status":"active"}"#, "1", "a.exe", "folder"),
      (#"{"item_type":"file","item_id":"1","item_name":"a.exe"}"#, "1", "a.exe", "file"),
      (#"{"item_name":"a.exe"}"#, "nil", "a.exe", "nil"),
      (#"{"file_id":"1","file_name":"a.exe"}"#, "1", "a.exe", "file"),
      (#"{"folder_id":"1","folder_name":"a.exe"}"#, "1", "a.exe", "folder"),
      (#"{"file_name":"a.exe","folder_id":"2"}"#, "nil", "a.exe", "file"),
      (#"{"id":"1","name":"a.exe"}"#, "1", "a.exe", "nil"),
      (#"{"type":"user","id":"1","name":"a.exe"}"#, "nil", "nil", "nil"),
      (#"{"type":null,"id":"1","name":null}"#, "1", "nil", "nil"),
      ("null", "nil", "nil", "nil"),
    ])
  func forms(source: String, id: String, name: String, type: String) async throws {
    let rules = """
      local function show(value) return value == nil and "nil" or tostring(value) end
      box.on("*", function(event)
        local item = event.item
        box.file.append("seen.txt", show(item.id) .. " " .. show(item.name) .. " " .. show(item.type))
      end)
      for _, key in ipairs { "id", "name", "type" } do
        box.on("*", { ["item." .. key] = function(value) return true end }, function(event)
          box.file.append(key .. ".txt", show(event.item[key]))
        end)
      end
      box.on("*", { ["item.type"] = "file" }, function() box.file.append("files.txt", "file") end)
      """
    try await LiveRules.run(["a.lua": rules]) { rules in
      let event = "{\"event_id\":\"1\",\"event_type\":\"ITEM_UPLOAD\",\"source\":\(source)}"
      let page = try Events(array: PaddedBytes("[\(event)]".utf8))
      let result = try #require(await rules.handle(page).first)
      var expected = ["\(id) \(name) \(type)"]
      expected += [id, name, type].filter { $0 != "nil" }
      if type == "file" { expected.append("file") }
      #expect(result.failures.isEmpty)
      #expect(result.written == expected)
    }
  }
}
