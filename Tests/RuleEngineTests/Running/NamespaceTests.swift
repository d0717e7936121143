import Testing

@testable import RuleEngine

@Suite("Namespaces of rule files", .timeLimit(.minutes(2)))
struct NamespaceTests {
  @Test("a file whose namespace is another's is refused by name; the others run")
  func collision() async throws {
    let other = "box.namespace('a')\nbox.on('*', function() box.file.append('log', 'b') end)"
    let one = "box.on('*', function() box.file.append('log', 'a') end)"
    try await LiveRules.run(["a.lua": one, "b.lua": other]) { rules in
      let problem = try #require(rules.problems.first)
      #expect(rules.problems.count == 1)
      #expect(problem.severity == .error)
      #expect(problem.file.hasSuffix("/b.lua"))
      #expect(problem.message.contains("\"a\"") && problem.message.contains("/a.lua"))
      #expect(try await rules.handle("1").written == ["a"])
    }
  }

  @Test("a reload refuses it as well, and leaves the earlier generation")
  func reloaded() async throws {
    let one = "box.on('*', function() box.file.append('log', 'x') end)"
    try await LiveRules.run(["a.lua": one, "b.lua": one]) { rules in
      try rules.folder.write("b.lua", "box.namespace('a')")
      let report = try await rules.reload()
      #expect(report.problems.count == 1)
      #expect(report.changed.isEmpty)
      #expect(await rules.handle(try LiveRules.page(["1"])).map(\.written) == [["x"], ["x"]])
    }
  }

  @Test("a file that comes to claim the namespace of one that runs does not end it")
  func claimed() async throws {
    let one = "box.on('*', function() box.file.append('log', 'x') end)"
    try await LiveRules.run(["b.lua": one]) { rules in
      try rules.folder.write("a.lua", "box.namespace('b')")
      let report = try await rules.reload()
      #expect(report.problems.map { $0.file.hasSuffix("/a.lua") } == [true])
      #expect(report.added.isEmpty && report.removed.isEmpty)
      #expect(try await rules.handle("1").written == ["x"])
    }
  }

  /// Counts under a namespace.
  private static func counts(_ namespace: String, by step: Int = 1) -> String {
    """
    box.namespace("\(namespace)")
    box.on("*", function() box.file.append("log", tostring(box.kv.incr("n", \(step)))) end)
    """
  }

  @Test("a file that is renamed goes on with what is remembered under its fixed namespace")
  func renamed() async throws {
    try await LiveRules.run(["a.lua": Self.counts("fixed")]) { rules in
      try await rules.handle("1")
      try rules.folder.remove("a.lua")
      try rules.folder.write("b.lua", Self.counts("fixed"))
      let report = try await rules.reload()
      #expect(report.problems.isEmpty)
      #expect(report.removed.count == 1 && report.added.count == 1)
      let result = try await rules.handle("2")
      #expect(result.written == ["2"])
    }
  }

  @Test("files that swap their namespaces swap what they remember")
  func swapped() async throws {
    try await LiveRules.run(["a.lua": Self.counts("x"), "b.lua": Self.counts("y", by: 10)]) { rules in
      _ = await rules.handle(try LiveRules.page(["1"]))
      try rules.folder.write("a.lua", Self.counts("y", by: 10))
      try rules.folder.write("b.lua", Self.counts("x"))
      #expect(try await rules.reload().problems.isEmpty)
      #expect(await rules.handle(try LiveRules.page(["2"])).map(\.written) == [["20"], ["2"]])
    }
  }

  @Test("a file that takes another namespace begins with what is remembered there")
  func changed() async throws {
    try await LiveRules.run(["a.lua": Self.counts("x")]) { rules in
      try await rules.handle("1")
      try rules.folder.write("a.lua", Self.counts("y"))
      #expect(try await rules.reload().changed.count == 1)
      let result = try await rules.handle("2")
      #expect(result.written == ["1"])
    }
  }

  @Test("files below the rules' folder are named by their path; box.namespace names them against renaming")
  func names() async throws {
    let one = "box.on('upload', function() end, { name = 'h' })"
    try await LiveRules.run(["team/a.lua": one, "b.lua": "box.namespace('fixed')\n" + one]) { rules in
      var identities: [String] = []
      for file in rules.engine.files { identities += await file.identities }
      #expect(identities.sorted() == ["fixed/h", "team/a/h"])
    }
  }
}
