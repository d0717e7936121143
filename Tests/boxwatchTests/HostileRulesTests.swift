import Foundation
import Testing

/// Every script of Tests/RuleEngineTests/Hostile, in a process of its own beside a rule that counts: the process lives,
/// the other rule has handled every event, and the message names the place.
@Suite("Hostile rules", .timeLimit(.minutes(5)))
struct HostileRulesTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("RuleEngineTests/Hostile")

  static let scripts: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".lua") }.sorted()
  }()

  @Test("there are hostile rules to test")
  func presence() {
    #expect(Self.scripts.count > 200)
  }

  @Test("a hostile rule ends as it must and hurts nobody", arguments: scripts)
  func ending(script: String) async throws {
    let path = Self.folder.appendingPathComponent(script).path
    let first = try #require(String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").first)
    let expectation = first.dropFirst("-- expect: ".count).split(separator: " ", maxSplits: 1).map(String.init)
    let scratch = try ScratchFolder()
    let counter = try scratch.write(
      "counter.lua", "box.on('*', function(event) box.file.append('count.txt', event.event_id .. '\\n') end)")
    let events = try scratch.write("events.jsonl", Self.events)
    let result = try await Command.run([
      "replay", events, "--rules", path, counter, "--output", scratch.path("out"),
    ])
    #expect(result.status == 0, "\(result.errors)")
    #expect(try scratch.read("out/count.txt") == "e1\ne2\n")
    let errors = result.errors.split(separator: "\n").filter { $0.hasPrefix("boxwatch: error: ") }
    let isNamed = errors.allSatisfy { $0.contains("\(script):") }
    #expect(isNamed, "\(errors)")
    let kind =
      if errors.isEmpty {
        "ok"
      } else if errors[0].contains("out of CPU time") {
        "time"
      } else if errors[0].contains("not enough memory") {
        "memory"
      } else {
        "error"
      }
    // A slow machine may end a memory bomb by its time.
    #expect(kind == expectation[0] || (expectation[0] == "memory" && kind == "time"), "\(errors)")
    if expectation.count > 1 { #expect(errors.first?.contains(expectation[1]) == true, "\(errors)") }
  }

  /// Two events; the name of the first is as long as Box allows.
  private static var events: String {
    let name = String(repeating: "a", count: 255)
    return """
      {"event_id":"e1","event_type":"ITEM_UPLOAD","created_at":"2026-01-05T09:00:00-08:00","created_by":{"type":"user","id":"7","login":"ada@example.com"},"source":{"type":"file","id":"9","name":"\(name)"}}
      {"event_id":"e2","event_type":"ITEM_TRASH","created_at":"2026-01-05T09:00:01-08:00","source":null}

      """
  }
}
