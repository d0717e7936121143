import Testing

@testable import RuleEngine

@Suite("What check finds in registrations", .timeLimit(.minutes(2)))
struct RegistrationCheckTests {
  private static func check(_ text: String) async throws -> [String] {
    let folder = try RuleFolder(["a.lua": text])
    let sources = try folder.sources()
    return await RuleChecker.check(sources, options: RuleOptions()).map {
      "line \($0.line): \($0.severity): \($0.message)"
    }
  }

  @Test("each mistake is told with its line, not the first alone")
  func all() async throws {
    let problems = try await Self.check(
      """
      box.on('upload', 5)
      box.rule { on = 'upload' }
      box.on({}, function() end)
      box.every('now and then', function() end)
      box.cron('61 * * * *', function() end)
      box.rule { id = 'r', on = 'uplaod', mode = 'quiet' }
      box.on_start('x')
      box.on('login', function() end)
      """)
    #expect(
      problems.map { String($0.prefix { $0 != ":" }) }
        == (1...7).flatMap { $0 == 6 ? [$0, $0] : [$0] }.map { "line \($0)" })
    #expect(problems.filter { $0.contains(": error: ") }.count == 7, "\(problems)")
    #expect(problems.contains { $0.hasPrefix("line 6: warning: ") && $0.contains("upload") }, "\(problems)")
  }

  @Test(
    "what could never be meant is an error",
    arguments: [
      ("box.cron('0 0 30 2 *', function() end)", #"box.cron: "0 0 30 2 *" is a time that never comes"#),
      ("box.rule { id = 'r', on = 'upload', title = '' }", "box.rule r: title is empty"),
      ("box.on('upload', nil, function() end, { name = '' })", "box.on: name is empty"),
      ("box.sleep('1h')", "box.sleep works inside handlers only, not while the file is loaded"),
      ("box.every('1m', function() end, { name = '' })", "box.every: name is empty"),
      ("box.namespace('a') box.namespace('c')", #"box.namespace: the file has the namespace "a" already"#),
      ("box.namespace('b') box.namespace('c')", #"box.namespace: the file has the namespace "b" already"#),
      (
        "box.window('w', '5m') box.window('w', '6m')",
        #"box.window: the window "w" has the span 5 min already; another span needs another name"#
      ),
    ])
  func impossible(text: String, message: String) async throws {
    let problems = try await Self.check(text + " box.on('login', function() end)")
    #expect(problems.first == "line 1: error: \(message)", "\(problems)")
  }

  @Test("a namespace that two files have is told")
  func namespaces() async throws {
    let text = "box.namespace('one') box.on('login', function() end)"
    let folder = try RuleFolder(["a.lua": text, "b.lua": text])
    let problems = await RuleChecker.check(try folder.sources(), options: RuleOptions())
    try #require(problems.count == 1, "\(problems)")
    #expect(problems[0].file.hasSuffix("b.lua"))
    #expect(problems[0].message.contains("its namespace \"one\" is that of "))
  }

  @Test("what was found before an error that ends the loading is told with it")
  func beforeTheEnd() async throws {
    let problems = try await Self.check("box.on('uplaod', function() end)\nerror('no')")
    try #require(problems.count == 2, "\(problems)")
    #expect(problems[0].hasPrefix("line 1: warning: "))
    #expect(problems[1] == "line 2: error: no")
  }

  @Test("a mistake that is mended later in the file takes no name from what follows")
  func namesStayFree() async throws {
    let problems = try await Self.check(
      "box.rule { id = 'r', on = 'upload', mode = 'quiet' }\nbox.rule { id = 'r', on = 'upload' }")
    try #require(problems.count == 1, "\(problems)")
    #expect(problems[0].hasPrefix("line 1: error: "))
  }
}
