import Testing

@testable import RuleEngine

@Suite("The memory that rule files share", .timeLimit(.minutes(2)))
struct TotalMemoryTests {
  /// Keeps a megabyte for each event of a type.
  private static func keeps(_ type: String) -> String {
    """
    local kept = {}
    box.on("\(type)", function(event)
      kept[#kept + 1] = ("x"):rep(1 << 20) .. #kept
      box.file.append("log", tostring(#kept))
    end)
    box.on("LOGIN", function(event) box.file.append("log", #("y"):rep(1 << 18)) end)
    """
  }

  @Test("the file that asks for more than all may hold fails with that call alone; the other goes on")
  func total() async throws {
    func limits(_ options: inout RuleOptions) { options.totalMemory = 12 << 20 }
    let texts: KeyValuePairs = ["a.lua": Self.keeps("DOWNLOAD"), "b.lua": Self.keeps("UPLOAD")]
    try await LiveRules.run(texts, options: limits) { rules in
      func handle(_ count: Int, _ type: String) async throws -> [WorkResult] {
        await rules.handle(try LiveRules.page((0..<count).map { "\(type) \($0)" }, type: type))
      }
      #expect(try await handle(4, "DOWNLOAD")[0].written == ["1", "2", "3", "4"])
      let greedy = try await handle(20, "UPLOAD")[1]
      #expect(!greedy.written.isEmpty)
      #expect(!greedy.failures.isEmpty)
      #expect(greedy.failures.allSatisfy { $0.failure.kind == .memory && $0.fate == .parked })
      #expect(rules.engine.memory <= 12 << 20)
      let after = try await handle(3, "LOGIN")
      #expect(after[0].failures.isEmpty)
      #expect(after[0].written.count == 3)
    }
  }

  @Test("what a call that failed leaves behind is nobody's: other files have room again")
  func garbage() async throws {
    func limits(_ options: inout RuleOptions) { options.totalMemory = 12 << 20 }
    let greedy = """
      box.on("UPLOAD", function(event)
        local all = {}
        for i = 1, 100 do all[i] = ("x"):rep(1 << 20) .. i end
      end)
      """
    try await LiveRules.run(["a.lua": greedy, "b.lua": Self.keeps("DOWNLOAD")], options: limits) { rules in
      let failed = await rules.handle(try LiveRules.page(["1"], type: "UPLOAD"))
      #expect(failed[0].failures.map(\.failure.kind) == [.memory])
      let others = await rules.handle(try LiveRules.page(["2", "3"]))
      #expect(others[1].written == ["1", "2"])
    }
  }
}
