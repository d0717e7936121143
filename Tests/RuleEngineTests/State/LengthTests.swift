import Testing

@testable import RuleEngine

@Suite("How much is remembered", .timeLimit(.minutes(2)))
struct LengthTests {
  @Test(
    "a key, a name and a window's value have 4 KiB at most",
    arguments: [
      ("box.kv.set(long, 1)", "the key"), ("box.kv.incr(long)", "the key"), ("box.kv.shared.set(long, 1)", "the key"),
      ("box.once(long, '1h')", "the key"), ("window:add(long)", "the key"), ("window:add('k', long)", "the value"),
      ("box.window(long, '1h')", "the name"),
    ])
  func long(call: String, what: String) async throws {
    let text = """
      local window = box.window("w", "1h")
      box.on("DOWNLOAD", function()
        local long = ("x"):rep(4097)
        \(call)
      end)
      """
    try await LiveRules.run(["a.lua": text]) { rules in
      let result = try await rules.handle("1")
      let message = try #require(result.outcomes.first?.failure).failure.description
      #expect(message.contains("\(what) has 4097 bytes, 4096 are allowed"), "\(message)")
    }
  }

  @Test("long keys count among what a call may ask for")
  func counted() async throws {
    let text = """
      box.on("DOWNLOAD", function() for n = 1, 9999 do box.once(n .. ("x"):rep(4000), "1h") end end)
      """
    try await LiveRules.run(["a.lua": text]) { rules in
      let result = try await rules.handle("1")
      let message = try #require(result.outcomes.first?.failure).failure.description
      #expect(message.contains("16 MiB"), "\(message)")
    }
  }
}
