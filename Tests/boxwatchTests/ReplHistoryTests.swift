import Foundation
import Testing

@testable import boxwatch

@Suite("The prompt's history", .timeLimit(.minutes(1)))
struct ReplHistoryTests {
  private static func history(_ scratch: ScratchFolder, secrets: [String] = []) throws -> LineHistory {
    try LineHistory(in: scratch.path("state"), secrets: secrets)
  }

  @Test("gives back what was added, lines in a chunk and all")
  func roundTrip() throws {
    let scratch = try ScratchFolder()
    let history = try Self.history(scratch)
    let entries = ["1 + 1", "function f()\n  return '\\n'\nend", "漢字\r"]
    for entry in entries { history.add(entry) }
    #expect(history.load() == entries)
    let mode = try FileManager.default.attributesOfItem(atPath: scratch.path("state/history"))[.posixPermissions]
    #expect(mode as? Int == 0o600)
  }

  @Test("is cut to the newest ten thousand entries, and stays its owner's")
  func trimming() throws {
    let scratch = try ScratchFolder()
    let history = try Self.history(scratch)
    history.add("oldest")
    let many = (1...12_000).map { "entry \($0)\n" }.joined()
    try Data(("oldest\n" + many).utf8).write(to: URL(filePath: scratch.path("state/history")))
    #expect(history.load() == (2_001...12_000).map { "entry \($0)" })
    let kept = try scratch.read("state/history")
    #expect(kept.split(separator: "\n").count == 10_000)
    #expect(kept.hasSuffix("entry 12000\n"))
    let mode = try FileManager.default.attributesOfItem(atPath: scratch.path("state/history"))[.posixPermissions]
    #expect(mode as? Int == 0o600)
    #expect(!FileManager.default.fileExists(atPath: scratch.path("state/history.new")))
  }

  @Test("loses nothing where several prompts add and cut at once")
  func together() async throws {
    let scratch = try ScratchFolder()
    let first = try Self.history(scratch)
    for number in 1...LineHistory.most { first.add("before \(number)") }
    let path = scratch.path("state")
    await withTaskGroup(of: Void.self) { group in
      for prompt in 1...4 {
        group.addTask {
          guard let history = try? LineHistory(in: path, secrets: []) else { return }
          for number in 1...100 {
            history.add("prompt \(prompt) \(number)")
            if number % 10 == 0 { _ = history.load() }
          }
        }
      }
    }
    let entries = first.load()
    #expect(entries.count == LineHistory.most)
    let added = entries.filter { $0.hasPrefix("prompt") }
    #expect(Set(added).count == 400)
    #expect(added.count == 400)
    for prompt in 1...4 {
      let own = added.filter { $0.hasPrefix("prompt \(prompt) ") }
      #expect(own == (1...100).map { "prompt \(prompt) \($0)" })
    }
  }

  @Test(
    "keeps nothing that holds a secret, or looks as if it did",
    arguments: [
      "x = 's3cr3t-value'", "h = { Authorization = 'x' }", "'Bearer abc'", "password = 1", "k = '-----BEGIN PRIVATE'",
      "t = 'eyJhbGciOi'", " begins with a space",
    ])
  func secrets(text: String) throws {
    let history = try Self.history(try ScratchFolder(), secrets: ["s3cr3t-value", ""])
    #expect(!history.mayKeep(text))
  }

  @Test("keeps what is none", arguments: ["1 + 1", "box.secret('api')", "box.kv.get('key')", ".explain 9a1c"])
  func harmless(text: String) throws {
    #expect(try Self.history(try ScratchFolder(), secrets: ["s3cr3t-value"]).mayKeep(text))
  }

  @Test("keeps no text that nobody would scroll through")
  func long() throws {
    #expect(!(try Self.history(try ScratchFolder())).mayKeep(String(repeating: "x", count: 100_000)))
  }
}
