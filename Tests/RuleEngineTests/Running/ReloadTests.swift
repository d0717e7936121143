import Testing

@testable import RuleEngine

@Suite("Reloading rule files", .timeLimit(.minutes(2)))
struct ReloadTests {
  /// Writes its generation and a count that goes on.
  private static func rules(_ generation: Int, more: String = "") -> String {
    """
    box.on("DOWNLOAD", function(event)
      box.file.append("log", ("generation %d: %d"):format(\(generation), box.kv.incr("n")))
    end, { name = "counts" })
    box.on_start(function() box.file.append("log", "start \(generation)") end)
    box.on_stop(function() box.file.append("log", "stop \(generation)") end)
    \(more)
    """
  }

  @Test("a changed file goes on with what its earlier generation remembers, and with its backlog")
  func changed() async throws {
    try await LiveRules.run(["a.lua": Self.rules(1)]) { rules in
      try await rules.handle("1")
      try await rules.file.backlogGrew(by: 1)
      try rules.folder.write("a.lua", Self.rules(2))
      let report = try await rules.reload()
      #expect(report.changed.map(\.source.namespace) == ["a"])
      #expect(report.added.isEmpty && report.removed.isEmpty && report.problems.isEmpty)
      #expect(report.results.map(\.result.written) == [["stop 1"], ["start 2"]])
      #expect(try rules.file.backlog == 1)
      let backlog = [try LiveRules.waiting("2", handlers: ["a/counts"])]
      #expect(try await rules.file.work(off: backlog, allowance: .seconds(60))?.written == ["generation 2: 2"])
      #expect(try await rules.handle("3").written == ["generation 2: 3"])
    }
  }

  @Test("a file that was emptied goes on as it was, until it is written anew or deleted", arguments: ["", " \n\t\n"])
  func emptied(text: String) async throws {
    try await LiveRules.run(["a.lua": Self.rules(1)]) { rules in
      try rules.folder.write("a.lua", text)
      let report = try await rules.reload()
      #expect(report.changed.isEmpty && report.removed.isEmpty)
      #expect(report.refused.map(\.running) == [1])
      #expect(report.problems.map(\.message) == ["the file is empty; its rules end when it is deleted"])
      #expect(try await rules.handle("1").written == ["generation 1: 1"])
      try rules.folder.write("a.lua", Self.rules(2))
      #expect(try await rules.reload().changed.map(\.generation) == [2])
    }
  }

  @Test("nothing is done where nothing has changed")
  func unchanged() async throws {
    try await LiveRules.run(["a.lua": Self.rules(1)]) { rules in
      let before = try rules.file
      let report = try await rules.reload()
      #expect(report.isEmpty)
      #expect(report.results.isEmpty)
      #expect(try rules.file === before)
    }
  }

  @Test("a module that changes changes the files that require it")
  func module() async throws {
    let rule = "local word = require 'lib.word' box.on('*', function() box.file.append('log', word) end)"
    let other = "box.on('*', function() end)"
    try await LiveRules.run(["a.lua": rule, "b.lua": other, "lib/word.lua": "return 'old'"]) { rules in
      try rules.folder.write("lib/word.lua", "return 'new'")
      let report = try await rules.reload()
      #expect(report.changed.map(\.source.namespace) == ["a"])
      #expect(report.changed.first?.texts.map { $0.hasSuffix("/lib/word.lua") } == [true])
      #expect(await rules.handle(try LiveRules.page(["1"])).map(\.written) == [["new"], []])
    }
  }

  @Test(
    "a file that is broken, or whose tests fail, leaves the earlier generation as it is",
    arguments: [
      ("box.on(", "a.lua:1: "),
      (
        "box.on('*', function(e) box.alert 'x' end) box.test('t', function(t) t:expect_alerts(1) end)",
        "its tests fail: expected 1 alert, got 0"
      ),
    ])
  func broken(text: String, problem: String) async throws {
    try await LiveRules.run(["a.lua": Self.rules(1)]) { rules in
      try await rules.handle("1")
      try rules.folder.write("a.lua", text)
      let report = try await rules.reload()
      #expect(report.changed.isEmpty)
      #expect(report.problems.first?.description.contains(problem) == true, "\(report.problems)")
      #expect(report.results.isEmpty)
      #expect(report.refused.map(\.running) == [1])
      #expect(try await rules.handle("2").written == ["generation 1: 2"])
      try rules.folder.write("a.lua", Self.rules(2))
      let mended = try await rules.reload()
      #expect(mended.changed.map(\.generation) == [2])
      #expect(mended.refused.isEmpty)
      #expect(try await rules.handle("3").written == ["generation 2: 3"])
    }
  }

  @Test("a file that is gone runs on_stop; a new one is loaded and goes on with what is known of it")
  func addedAndRemoved() async throws {
    try await LiveRules.run(["a.lua": Self.rules(1), "b.lua": "box.on('*', function() end)"]) { rules in
      try rules.folder.remove("a.lua")
      try rules.folder.write("c.lua", Self.rules(2))
      var kept = KeptCells()
      try await LiveRules.run(["c.lua": Self.rules(2)]) { kept.commit(try await $0.handle("0")) }
      let remembered = kept.remembered()
      let report = await rules.engine.reload(try rules.folder.sources()) { namespace in
        namespace == "c" ? remembered : .none
      }
      #expect(report.removed.map { $0.hasSuffix("/a.lua") } == [true])
      #expect(report.added.map(\.source.namespace) == ["c"])
      #expect(report.results.flatMap(\.result.written).sorted() == ["start 2", "stop 1"])
      #expect(rules.engine.files.map(\.source.namespace) == ["b", "c"])
      #expect(await rules.handle(try LiveRules.page(["1"])).map(\.written) == [[], ["generation 2: 2"]])
    }
  }

  @Test("a call that waits is cancelled; its event is tried again by the next generation")
  func waiting() async throws {
    let waits = "box.on('*', function(event) box.kv.set('k', 1) box.sleep('1h') end, { name = 'waits' })"
    try await LiveRules.run(["a.lua": waits]) { rules in
      let page = try await rules.handle("1", "2", allowance: .milliseconds(20))
      #expect(page.isRunning)
      let old = try rules.file
      let tells = "box.file.append('log', 'attempt ' .. event.attempt)"
      try rules.folder.write("a.lua", "box.on('*', function(event) \(tells) end, { name = 'waits' })")
      async let end = old.finishRunning()
      let report = try await rules.reload()
      #expect(report.changed.count == 1)
      let cancelled = await end
      #expect(cancelled.fates == [.retried])
      #expect(cancelled.failures.map(\.failure.kind) == [.cancelled])
      #expect(cancelled.cells.isEmpty)
      let left = try #require(cancelled.unfinished.first)
      #expect(left.handlers == ["a/waits"])
      #expect(try rules.file.backlog == 2)
      let entry = try LiveRules.waiting("1", handlers: left.handlers, attempt: left.attempt)
      #expect(try await rules.file.work(off: [entry], allowance: .zero)?.written == ["attempt 2"])
    }
  }

  @Test("where what is remembered cannot be read, everything stays as it was")
  func unreadable() async throws {
    struct Unreadable: Error {}
    try await LiveRules.run(["a.lua": Self.rules(1)]) { rules in
      try rules.folder.write("a.lua", Self.rules(2))
      try rules.folder.write("b.lua", Self.rules(2))
      await #expect(throws: Unreadable.self) {
        _ = try await rules.engine.reload(try rules.folder.sources()) { _ in throw Unreadable() }
      }
      let result = try await rules.handle("1", allowance: .seconds(60))
      #expect(result.written == ["generation 1: 1"])
    }
  }

  @Test("handlers that were set aside get another chance")
  func quarantined() async throws {
    let loops = "box.on('*', function(event) while true do end end, { name = 'counts' })"
    func limits(_ options: inout RuleOptions) {
      options.cpu = .milliseconds(20)
      options.quarantineAfter = 1
    }
    try await LiveRules.run(["a.lua": loops], options: limits) { rules in
      #expect(try await rules.handle("1").quarantined == ["a/counts"])
      try rules.folder.write("a.lua", Self.rules(2))
      _ = try await rules.reload()
      #expect(try await rules.handle("2").written == ["generation 2: 1"])
    }
  }

  @Test("timers keep their beat")
  func timers() async throws {
    let timer = "box.every('1h', function() end)"
    try await LiveRules.run(["a.lua": timer]) { rules in
      let due = try #require(await rules.engine.start().first?.result.nextDue)
      try rules.folder.write("a.lua", timer + " -- changed")
      _ = try await rules.reload()
      #expect(try await rules.file.status.nextDue == due)
    }
  }
}
