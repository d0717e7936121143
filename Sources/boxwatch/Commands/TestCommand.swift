import ArgumentParser
import BoxClient
import RuleEngine

/// `boxwatch test`: runs the tests beside the rules.
struct TestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Run the tests written beside the rules.",
    discussion: """
      Tests are box.test(…) in a rule file or in the file NAME_test.lua beside NAME.lua. Each runs in a state of its own, \
      with a virtual clock and without a network. Exit 1 when a test fails or a file does not load, 65 when --filter \
      leaves none.

      EXAMPLES
        boxwatch test rules/
        boxwatch test rules/ --filter download --chaos
        boxwatch test rules/ --format junit > report.xml
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case plain, tap, junit }

  @OptionGroup var rules: RuleArguments
  @OptionGroup var configuration: RuleConfiguration

  @Option(help: "The form of the report.")
  var format = Format.plain

  @Option(help: ArgumentHelp("Only tests whose name holds this text.", valueName: "text"))
  var filter: String?

  @Flag(help: "Repeat events and change their order, as Box may.")
  var chaos = false

  @Option(help: ArgumentHelp("Fail unless at least so many tests ran.", valueName: "n"))
  var minTests = 0

  @Option(
    help: ArgumentHelp("Seed of math.random and of --chaos. (default: a new one, which is printed)", valueName: "n"))
  var seed: UInt64?

  @OptionGroup var display: DisplayOptions

  func validate() throws {
    if minTests < 0 { throw ValidationError("--min-tests takes 0 or more") }
  }

  func run() async throws {
    let (sources, options) = try configuration.read(named: rules.rules, withTests: true)
    let seed = seed ?? UInt64.random(in: 0..<1_000_000)
    var settings = RuleTests.Settings(seed: seed)
    settings.filter = filter
    settings.isChaotic = chaos
    var reporter: any RuleTestReporter =
      switch format {
      case .plain: PlainReporter()
      case .tap: TAPReporter()
      case .junit: JUnitReporter()
      }
    var summary = RuleTestSummary()
    var output = StandardOutput()
    try output.write(reporter.begin(count: nil))
    for source in sources {
      for result in await RuleTests.run(source, options: options, settings: settings) {
        summary.count(result)
        try output.write(reporter.report(result))
        try output.flush()
      }
    }
    try output.write(reporter.end(summary))
    try output.flush()
    let count = summary.passed + summary.failed
    if count > 0, !summary.isSuccess || chaos {
      StandardError.write("boxwatch: the seed was \(seed); --seed \(seed) runs the same again\n")
    }
    if count < minTests {
      StandardError.write("boxwatch: error: \(Count.text(count, "test")) ran; --min-tests asks for \(minTests)\n")
      throw ExitStatus.failed
    }
    if !summary.isSuccess { throw ExitStatus.failed }
    // A name that nothing has is a slip, as an id is that parked list does not show.
    if let filter, count == 0 {
      throw CommandFailure(
        .badInput, "no test has \(filter) in its name",
        advice: "Letter case counts; without --filter all tests run.")
    }
  }
}
