import ArgumentParser
import BoxClient
import RuleEngine

/// `boxwatch check`: loads rules and reports mistakes.
struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Load rules and report mistakes; nothing runs.",
    discussion: """
      Prints every problem of every file as file:line. Exit 1 when there is an error; with --strict, or a warning.

      Handlers and modules below lib/ are read, and do not run: a global that nobody declares and a function that the \
      box module does not have are told there too. Whether a handler does what it should is for boxwatch test.

      EXAMPLE
        boxwatch check rules/
      """)

  @OptionGroup var rules: RuleArguments
  @OptionGroup var configuration: RuleConfiguration
  @Flag(help: "Warnings count as errors.")
  var strict = false
  @OptionGroup var display: DisplayOptions

  func run() async throws {
    var (sources, options) = try configuration.read(named: rules.rules, withTests: true)
    options.keepsTests = true
    let problems = await RuleChecker.check(sources, options: options)
    var output = StandardOutput()
    for problem in problems { try output.write(TerminalText.escaped("\(problem)") + "\n") }
    try output.flush()
    let errors = problems.filter { $0.severity == .error }.count
    let counts = [
      Count.text(sources.count, "file"), Count.text(errors, "error"), Count.text(problems.count - errors, "warning"),
    ]
    StandardError.write(counts.joined(separator: ", ") + "\n")
    if errors > 0 || (strict && !problems.isEmpty) { throw ExitStatus.failed }
  }
}
