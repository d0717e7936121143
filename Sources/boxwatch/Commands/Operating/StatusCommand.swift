import ArgumentParser
import Ledger
import Watcher

/// `boxwatch status`: what the watcher on a state directory is doing.
struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show what the watcher on a state directory is doing.",
    discussion: """
      Asks the running watcher over its socket. Where none runs, it says so and shows what the ledger holds.

      EXAMPLES
        boxwatch status
        boxwatch status --state /var/lib/boxwatch --require-running --json
      """)

  @OptionGroup var state: StateLocation
  @Flag(help: "Print one line of JSON.")
  var json = false
  @Flag(help: "Exit 69 when no watcher runs.")
  var requireRunning = false
  @OptionGroup var display: DisplayOptions

  func run() async throws {
    let path = try state.path()
    let directory = try state.existing()
    var silence: ControlError?
    var report: StatusReport?
    if let directory {
      do {
        report = try await ask(directory)
      } catch let error as ControlError {
        silence = error
      }
      if report == nil { report = try StatusReport.stored(in: directory) }
    }
    try print(report, of: path)
    if let silence { throw silence }
    guard requireRunning, report?.running != true else { return }
    throw CommandFailure(.unreachable, "no watcher runs on \(path)", advice: "boxwatch run starts one.")
  }

  private func ask(_ directory: StateDirectory) async throws -> StatusReport? {
    switch try await ControlClient(directory).ask(ControlRequest(.status)) {
    case .status(let report): return report
    case .error(let reason):
      throw CommandFailure(.unreachable, "the watcher on \(directory.path): \(reason)", advice: "Ask again.")
    case .parked, nil: return nil
    }
  }

  private func print(_ report: StatusReport?, of path: String) throws {
    var output = StandardOutput()
    if json {
      let line = try report.map { String(decoding: try ControlCoding.encode($0), as: UTF8.self) }
      let shown = line ?? #"{"running":false}"#
      try output.write((StandardOutput.isTerminal ? TerminalText.escapedJSON(shown) : shown) + "\n")
    } else if let report {
      let text = StatusText(report, directory: path, screen: Terminal.columns)
      for line in text.lines { try output.write(line + "\n") }
    } else {
      let text = "No watcher runs on \(path), and none has: nothing is stored there."
      try output.write(TerminalText.escaped(text) + "\n")
    }
    try output.flush()
  }
}
