import BoxClient
import LuaHost

/// `boxwatch test`: runs the tests beside the rules, each in a state of its own.
public enum RuleTests {
  public struct Settings: Sendable {
    /// Only tests whose name holds this text.
    public var filter: String?
    /// Repeats events and changes their order.
    public var isChaotic = false
    /// Of `math.random` and of chaos.
    public var seed: UInt64
    public init(seed: UInt64) { self.seed = seed }
  }

  /// Where the clock of a test starts (LUA_API.md, "Tests beside the rules").
  static let start = Timestamp(seconds: 1_767_225_600)

  /// Runs all tests of a rule file and of the test file beside it.
  public static func run(_ source: RuleSource, options: RuleOptions, settings: Settings) async -> [RuleTestResult] {
    var options = options
    options.keepsTests = true
    options.virtualStart = start
    options.seed = settings.seed
    let (engine, problems) = await RuleEngine.load([source], options: options, services: MockServices(), threadCount: 1)
    let names = await engine.files.first?.testNames ?? []
    await engine.close()
    if let problem = problems.first(where: { $0.severity == .error }) {
      let failure = RuleTestFailure(message: problem.message, file: problem.file, line: problem.line)
      return [
        RuleTestResult(file: source.path, line: 0, name: "", outcome: .loadFailed([failure]), seed: settings.seed)
      ]
    }
    var results: [RuleTestResult] = []
    for (index, name) in names.enumerated() where settings.filter.map({ name.contains($0) }) ?? true {
      results.append(await run(index, name, source, options, settings))
    }
    return results
  }

  private static func run(
    _ index: Int, _ name: String, _ source: RuleSource, _ options: RuleOptions, _ settings: Settings
  ) async -> RuleTestResult {
    let mocks = MockServices()
    let (engine, problems) = await RuleEngine.load([source], options: options, services: mocks, threadCount: 1)
    guard let file = engine.files.first else {
      let failures = problems.filter { $0.severity == .error }.map {
        RuleTestFailure(message: $0.message, file: $0.file, line: $0.line)
      }
      return RuleTestResult(file: source.path, line: 0, name: "", outcome: .loadFailed(failures), seed: settings.seed)
    }
    let (failures, log) = await file.runTest(
      index, start: start, mocks: mocks, chaosSeed: settings.isChaotic ? settings.seed &+ UInt64(index) : nil)
    let place = await file.testPlace(index)
    await engine.close()
    return RuleTestResult(
      file: place.file, line: place.line, name: name, outcome: failures.isEmpty ? .passed : .failed(failures),
      seed: settings.seed, log: log)
  }
}

extension RuleFile {
  var testNames: [String] { tests.map(\.name) }

  func testPlace(_ index: Int) -> (file: String, line: Int) { (tests[index].file, tests[index].line) }
}
