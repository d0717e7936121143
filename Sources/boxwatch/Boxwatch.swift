import ArgumentParser

/// The command `boxwatch`: what CLI.md says, parsed and printed.
@main
struct Boxwatch: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "boxwatch",
    abstract: "Watch a Box account's events and run Lua rules on them.",
    discussion: """
      EXAMPLES
        boxwatch run --simulate rules/
            rules on every event of a simulated account
        boxwatch events --simulate --follow
            events as they happen, without an account
        boxwatch events --limit 20 --format table
            the oldest 20 events that Box still keeps
        boxwatch replay events.jsonl --rules rules/
            rules over recorded events, offline
        boxwatch test rules/
            the tests beside the rules
        boxwatch simulate --rate 5
            a simulated Box Events API on port 8484
      """,
    version: "boxwatch \(Version.text)",
    subcommands: [
      RunCommand.self, StatusCommand.self, ParkedCommand.self, EventsCommand.self, CheckCommand.self, TestCommand.self,
      ReplayCommand.self, ReplCommand.self, SimulateCommand.self, LoginCommand.self,
      DoctorCommand.self, InitCommand.self,
    ])

  @OptionGroup var display: DisplayOptions

  static func main() async {
    StandardStreams.makeSafe()
    do {
      let arguments = CommandLineArguments.joiningNegativeValues(CommandLine.arguments.dropFirst())
      try UnknownCommand.refuse(in: arguments, of: self)
      let command = try parseAsRoot(arguments)
      do {
        try await run(command)
      } catch let error as ValidationError {
        // Found only now, and told as what the parser finds: with the usage of this command.
        throw CommandFailure(.usage, "\(error.message)\nUsage: \(usageString(for: type(of: command)))")
      }
    } catch {
      exit(with: error)
    }
  }

  private static func run(_ parsed: any ParsableCommand) async throws {
    if var command = parsed as? any AsyncParsableCommand {
      try await command.run()
    } else {
      var command = parsed
      try command.run()
    }
  }

  /// The one way out with an error: its words, then its exit code.
  private static func exit(with error: any Error) -> Never {
    ProgressLine.clear()
    if let status = error as? ExitStatus { exit(withError: ExitCode(status.rawValue)) }
    if let message = ErrorMessage(error) {
      StandardError.write(message.text)
      exit(withError: ExitCode(message.status.rawValue))
    }
    // What is left is the argument parser's: help and version, which are no errors, and wrong usage.
    let code = exitCode(for: error)
    if code.isSuccess { exit(withError: error) }
    guard code == .validationFailure else {
      StandardError.write(ErrorMessage.usage(fullMessage(for: error)))
      exit(withError: ExitCode(ExitStatus.programFault.rawValue))
    }
    StandardError.write(ErrorMessage.usage(fullMessage(for: error)))
    exit(withError: code)
  }
}
