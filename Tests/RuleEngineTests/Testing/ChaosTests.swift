import Foundation
import Testing

@testable import RuleEngine

@Suite("Tests with chaos", .timeLimit(.minutes(2)))
struct ChaosTests {
  private static func failures(_ text: String, seed: UInt64) async throws -> [RuleTestFailure] {
    let folder = try RuleFolder(["a.lua": text])
    let source = try #require(try folder.sources().first)
    var settings = RuleTests.Settings(seed: seed)
    settings.isChaotic = true
    return await RuleTests.run(source, options: RuleOptions(), settings: settings).flatMap(\.failures)
  }

  @Test("a rule that needs events in their order is found")
  func orderFound() async throws {
    let text = """
      box.on("*", function(event) box.kv.set("last", event.event_id) end)
      box.test("the last one stays", function(t)
        for i = 1, 5 do t:send { event_type = "UPLOAD", event_id = tostring(i) } end
        t:expect_no_errors()
        assert(t:kv("last") == "5", "not the last")
      end)
      """
    var found = 0
    for seed in 1...20 where try await !Self.failures(text, seed: UInt64(seed)).isEmpty { found += 1 }
    #expect(found > 0)
  }

  @Test("events before a look stay before it", arguments: 1...5)
  func looks(seed: UInt64) async throws {
    let text = """
      box.on("*", function(event) box.alert(event.event_id) end)
      box.test("in order", function(t)
        for i = 1, 5 do
          t:send { event_type = "UPLOAD", event_id = tostring(i) }
          t:expect_alerts(i)
          t:alert(i):has { title = tostring(i) }
        end
      end)
      """
    #expect(try await Self.failures(text, seed: seed).map(\.message) == [])
  }

  @Test("the example rules pass in any order", arguments: 1...5)
  func examples(seed: UInt64) async throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("scripts/rules").path
    var settings = RuleTests.Settings(seed: seed)
    settings.isChaotic = true
    var count = 0
    for source in try RuleSource.find([folder], withTests: true) {
      for result in await RuleTests.run(source, options: RuleOptions(), settings: settings) {
        count += 1
        #expect(result.failures.map(\.message) == [], "\(result.file):\(result.line): \(result.name)")
      }
    }
    #expect(count >= 40)
  }
}
