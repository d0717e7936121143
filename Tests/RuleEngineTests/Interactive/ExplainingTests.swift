import BoxClient
import Testing

@testable import RuleEngine

@Suite("Explaining an event", .timeLimit(.minutes(1)))
struct ExplainingTests {
  private static let upload =
    #"{"event_id":"e1","event_type":"UPLOAD","created_by":{"id":"7","login":"ada@example.com"},"source":{"name":"a.exe","size":5}}"#

  private static func explained(_ chunks: TypedChunks, _ json: String = upload) async throws -> [EventExplanation] {
    await chunks.console.explain(try chunks.event(json), 0, stream: "default")
  }

  @Test("a handler of other types says for which it is")
  func otherType() async throws {
    try await TypedChunks.run { chunks in
      await chunks.run("box.on('download', function() end)")
      let one = try #require(try await Self.explained(chunks).first)
      #expect(one.verdict == .differs)
      #expect(one.reason == "it is for DOWNLOAD, ITEM_DOWNLOAD")
    }
  }

  @Test(
    "a where that the event does not meet says what it is and what was wanted",
    arguments: [
      ("{ ['source.size'] = 6 }", "where source.size: it is 5, wanted 6"),
      ("{ ['source.name'] = { 'b', 'c' } }", #"where source.name: it is "a.exe", wanted "b" or "c""#),
      ("{ ['source.owner'] = 'x' }", #"where source.owner: it is not there, wanted "x""#),
      ("{ kind = 'download' }", #"where kind: it is "upload", wanted "download""#),
      (
        "{ ['source.name'] = function(name) return name == 'b' end }",
        #"where source.name: it is "a.exe", and the function says no"#
      ),
      (
        "{ ['source.owner'] = function() return true end }",
        "where source.owner: it is not there, so the function was not asked"
      ),
    ])
  func filter(_ table: String, _ reason: String) async throws {
    try await TypedChunks.run { chunks in
      await chunks.run("box.on('upload', \(table), function() end)")
      let one = try #require(try await Self.explained(chunks).first)
      #expect(one.verdict == .differs)
      #expect(one.reason == reason)
    }
  }

  @Test("a handler that matches says what it would do, and nothing of it stays")
  func matching() async throws {
    try await TypedChunks.run { chunks in
      await chunks.run(
        """
        box.on('upload', { ['created_by.id'] = 7 }, function(event)
          box.kv.incr('n')
          box.kv.shared.set('s', true)
          box.window('w', '5m'):add('k')
          box.alert { title = 'look', severity = 'high' }
          box.file.append('a.txt', 'x')
        end)
        """)
      for _ in 1...2 {
        let one = try #require(try await Self.explained(chunks).first)
        #expect(one.verdict == .matches)
        #expect(
          one.effects == [
            "alert, high: look [repl]", "append 1 byte to a.txt", "kv n = 1", "window w, k: 1", "kv.shared s = true",
          ])
      }
      #expect(await chunks.values("box.kv.get('n')") == ["nil"])
      #expect(await chunks.values("box.kv.shared.get('s')") == ["nil"])
      #expect(await chunks.values("box.window('w', '5m'):count('k')") == ["0"])
    }
  }

  @Test("a handler that fails says why, and the next one is asked all the same")
  func failing() async throws {
    try await TypedChunks.run { chunks in
      await chunks.run("box.on('*', function() box.kv.set('k', 1); error('oops') end)")
      await chunks.run("box.on('upload', function() end)")
      let both = try await Self.explained(chunks)
      #expect(both.map(\.verdict) == [.fails, .matches])
      #expect(both.first?.reason == "prompt:1: oops")
      #expect(await chunks.values("box.kv.get('k')") == ["nil"])
    }
  }

  @Test("a threshold that is not reached, an alert that is held back and a shadow are told as such")
  func rules() async throws {
    try await TypedChunks.run { chunks in
      await chunks.run("box.rule { id = 'many', on = 'upload', threshold = { count = 3, within = '5m' } }")
      await chunks.run("box.rule { id = 'once', on = 'upload' }")
      await chunks.run("box.rule { id = 'quiet', on = 'upload', mode = 'shadow' }")
      _ = await chunks.console.handle(try chunks.event(Self.upload), fresh: [0], stream: "default")
      let effects = try await Self.explained(chunks).map(\.effects)
      #expect(
        effects == [
          ["counts towards the threshold of 3, which is not reached"],
          ["an alert is held back: one with its key was sent before"],
          ["an alert is recorded only: the rule is a shadow"],
        ])
    }
  }

  @Test("the rule files beside the prompt are asked too")
  func ruleFiles() async throws {
    try await TypedChunks.run(rules: ["a.lua": "box.on('upload', function() box.alert('from the file') end)"]) {
      chunks in
      await chunks.run("box.on('upload', function() end)")
      let all = try await Self.explained(chunks)
      #expect(all.map(\.handler) == ["a/upload#1", "repl/upload#1"])
      #expect(all.first?.effects == ["alert, info: from the file [a]"])
    }
  }
}
