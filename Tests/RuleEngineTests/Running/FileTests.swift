import Testing

@testable import RuleEngine

@Suite("Files that rules write and read")
struct FileTests {
  @Test("a row that ends with nil has as many cells as the header")
  func rows() async throws {
    let text = """
      box.on("*", function(event)
        local header = { header = { "file", "size", "who" } }
        box.file.csv("c.csv", { "a", nil, nil }, header)
        box.file.csv("c.csv", { nil, 3 }, header)
        box.file.csv("c.csv", { "a", 1, "w", "more" }, header)
        box.file.csv("c.csv", { "a", nil })
      end)
      """
    try await LiveRules.run(["a.lua": text]) { rules in
      let result = try await rules.handle("1")
      #expect(result.written == ["a,,\r\n", ",3,\r\n", "a,1,w,more\r\n", "a\r\n"])
    }
  }

  @Test("a list whose file is gone goes on to count, and that is told once; a new one is read")
  func lists() async throws {
    let text = """
      local friends = box.list("friends.txt")
      box.on("*", function(event) box.file.append("log", tostring(friends[event.event_id] or false)) end)
      """
    try await LiveRules.run(["a.lua": text, "friends.txt": "1\n2\n"]) { rules in
      #expect(try await rules.handle("1", "3").written == ["true", "false"])
      try rules.folder.remove("friends.txt")
      #expect(try await rules.handle("2", "4").written == ["true", "false"])
      let told = rules.services.logged.map(\.text)
      #expect(told.count == 1)
      #expect(told.first?.contains("friends.txt: No such file or directory") == true, "\(told)")
      try rules.folder.write("friends.txt", "3\n")
      #expect(try await rules.handle("5", "3").written == ["false", "true"])
      try rules.folder.remove("friends.txt")
      #expect(try await rules.handle("6").written == ["false"])
      #expect(rules.services.logged.count == 2)
    }
  }
}
