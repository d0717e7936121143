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
