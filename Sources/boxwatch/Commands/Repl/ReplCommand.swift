import ArgumentParser
import BoxClient
import ConfigurationFile

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// `boxwatch repl`: interactive Lua with the same `box` module as rules have.
struct ReplCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repl",
    abstract: "Interactive Lua with the same box module.",
    discussion: """
      What is remembered stays in memory; alerts are printed; files, webhooks and commands are told, not carried out. \
      Rule files that are named are live beside the prompt. No account is needed until Box is asked. With -e, or where \
      standard input is no terminal, it runs as a batch: values go to standard output, the first error ends it with 1.

      EXAMPLES
        boxwatch repl --simulate
            try things on a simulated account
        boxwatch repl --simulate rules/
            the same, with rules on its events
        boxwatch repl --attach /var/lib/boxwatch --rules rules/uploads.lua
            look into what a running watcher remembers
        boxwatch repl -e 'box.events{ stream_type = "admin_logs", created_after = "-1h" }:count()'
            how much happened in the last hour
      """)

  @Argument(help: ArgumentHelp("Rule files, or folders of them. (default: the configuration's)", valueName: "rule"))
  var rules: [String] = []

  @Option(
    name: .customShort("e"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Run this chunk in place of the prompt; may be repeated.", valueName: "chunk"))
  var chunks: [String] = []

  @OptionGroup(title: "Connecting") var connection: ConnectionOptions
  @OptionGroup(title: "Connecting") var configurationOptions: ConfigurationOptions

  @Option(help: ArgumentHelp("The stream whose events handlers get. (default: all)", valueName: "type"))
  var streamType: StreamType = .all

  @OptionGroup var state: StateOption

  @Option(help: ArgumentHelp("Attach to the watcher that runs on this state directory.", valueName: "dir"))
  var attach: String?

  @Option(
    name: .customLong("rules"),
    help: ArgumentHelp("With --attach: the rule file, or its namespace, whose state is read.", valueName: "file"))
  var attachedRules: String?

  @Flag(help: "With --attach: what a chunk changes is committed, what it wants done is done.")
  var allowWrite = false

  @Option(help: ArgumentHelp("Where box.file.read looks. (default: output)", valueName: "dir"))
  var output: String?

  @Option(help: .hidden)
  var simulatedRate = 2.0

  @OptionGroup var display: DisplayOptions

  func validate() throws {
    if connection.simulate && configurationOptions.account != nil {
      throw ValidationError("--simulate and --account exclude each other")
    }
    guard attach != nil else {
      if attachedRules != nil { throw ValidationError("--rules goes with --attach; without it, name the files alone") }
      if allowWrite { throw ValidationError("--allow-write goes with --attach") }
      return
    }
    if connection.simulate || connection.apiURL != nil || configurationOptions.account != nil {
      throw ValidationError("--attach uses the watcher's own accounts: leave --simulate, --api-url and --account out")
    }
    if !rules.isEmpty {
      throw ValidationError("--attach runs beside the watcher's own rules; --rules FILE names the one to look into")
    }
  }

  /// Whether a person types.
  var isInteractive: Bool { chunks.isEmpty && isatty(0) == 1 && StandardError.isTerminal }

  /// What is done with the prompt's state once it is open.
  enum Work: Sendable {
    case prompt(PromptSignals)
    case batch([(name: String, text: String)])
  }

  func run() async throws {
    if isInteractive { return try await PromptSignals.listening { try await open(.prompt($0)) } }
    // Before signals are taken: one that is to cancel a task does not wake it from reading.
    let texts =
      chunks.isEmpty ? [(name: "stdin", text: try StandardInput.text())] : chunks.map { (name: "-e", text: $0) }
    try await Signals.ending(interruptedIsDone: false) { try await open(.batch(texts)) }
  }

  private func open(_ work: Work) async throws {
    if let attach { return try await open(attachedTo: attach, for: work) }
    let file = try configurationOptions.load(forgivesMissing: connection.simulate)
    guard connection.simulate else { return try await open(file, apiURL: connection.apiURL, for: work) }
    let settings = SimulatorSettings(rate: isInteractive ? simulatedRate : 0)
    try await settings.withRunning { try await open(file, apiURL: $0, for: work) }
  }
}
