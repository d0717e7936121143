import ArgumentParser
import BoxClient
import ConfigurationFile
import Logging

/// `boxwatch doctor`: checks what a watcher needs before one is started.
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check credentials, scopes, reachability, clock and state.",
    discussion: """
      Each line is ok, a warning or a failure with what to do about it. Box is asked, nothing is changed. Exit 78 where \
      the configuration is wrong, 66 where a file that is named does not exist, 74 where the state is damaged, 73 where it \
      cannot be used, 77 where Box refuses the credentials, 69 where Box cannot be reached, 1 for any other failure, 0 \
      where there are warnings at most.

      EXAMPLES
        boxwatch doctor
        boxwatch doctor --state /var/lib/boxwatch --json
      """)

  @OptionGroup var account: AccountOptions
  @Flag(help: "Print one line of JSON.")
  var json = false
  @OptionGroup var display: DisplayOptions

  func run() async throws {
    let command = self
    try await Signals.ending(interruptedIsDone: false) { try await command.examine() }
  }

  private func examine() async throws {
    var findings: [Finding] = []
    do {
      // The file's warnings are findings, not messages beside them.
      let file = try account.configuration.read(forgivesMissing: account.connection.simulate)
      findings += ConfigurationExamination.findings(file, path: account.configuration.path)
      try report(findings)
      let rest = await examine(file) { if !json { try report($0) } }
      findings += rest
    } catch let failure as CommandFailure where findings.isEmpty && failure.status == .badConfiguration {
      findings.append(Finding("configuration", failed: failure))
      try report(findings)
    }
    if json {
      var output = StandardOutput()
      let line = findings.json
      try output.write((StandardOutput.isTerminal ? TerminalText.escapedJSON(line) : line) + "\n")
      try output.flush()
    }
    let status = findings.exit
    if status != .done { throw status }
  }

  /// Everything after the configuration; told as it comes.
  private func examine(
    _ file: BoxwatchConfiguration, _ tell: ([Finding]) throws -> Void
  ) async -> [Finding] {
    var findings: [Finding] = []
    func add(_ found: [Finding]) {
      try? tell(found)
      findings += found
    }
    add(StateExamination.findings(account.state.directory(configured: file.state)))
    add(await RuleExamination.findings(file))
    let silent = Logger(label: "doctor", factory: { _ in SwiftLogNoOpLogHandler() })
    do {
      if account.connection.simulate {
        try await SimulatorSettings().withRunning { address in
          add(await AccountExamination(account, file, address, silent).findings())
        }
      } else {
        add(await AccountExamination(account, file, account.connection.apiURL, silent).findings())
      }
    } catch {
      add([Finding("simulator", failed: error)])
    }
    return findings
  }

  private func report(_ findings: [Finding]) throws {
    guard !json else { return }
    var output = StandardOutput()
    for line in findings.flatMap(\.lines) { try output.write(line + "\n") }
    try output.flush()
  }
}
