import ArgumentParser
import BoxClient
import ConfigurationFile
import Delivery
import Logging
import RuleEngine
import Watcher

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

  @Option(help: ArgumentHelp("Where box.file.read looks. (default: output)", valueName: "dir"))
  var output: String?

  @Option(help: .hidden)
  var simulatedRate = 2.0

  @OptionGroup var display: DisplayOptions

  func validate() throws {
    if connection.simulate && configurationOptions.account != nil {
      throw ValidationError("--simulate and --account exclude each other")
    }
  }

  /// Whether a person types.
  private var isInteractive: Bool { chunks.isEmpty && isatty(0) == 1 && StandardError.isTerminal }

  func run() async throws {
    let file = try configurationOptions.load()
    guard connection.simulate else { return try await open(file, apiURL: connection.apiURL) }
    let settings = SimulatorSettings(rate: isInteractive ? simulatedRate : 0)
    try await settings.withRunning { try await open(file, apiURL: $0) }
  }

  private func open(_ file: BoxwatchConfiguration, apiURL: String?) async throws {
    let transport = PooledTransport()
    do {
      let logger =
        isInteractive ? Logger(label: "boxwatch", factory: { _ in SwiftLogNoOpLogHandler() }) : Console.logger()
      let accounts = Accounts(
        file, named: configurationOptions.account, apiURL: apiURL, isSimulated: connection.simulate,
        callsPerMinute: connection.callsPerMinute ?? file.budgets.callsPerMinute, transport: transport, logger: logger)
      let access = try BoxAccess(accounts, asUser: connection.asUser, transport: transport, logger: logger)
      try await open(file, access)
      try? await transport.shutdown()
    } catch {
      try? await transport.shutdown()
      throw error
    }
  }

  private func open(_ file: BoxwatchConfiguration, _ access: BoxAccess) async throws {
    let paths = rules.isEmpty ? file.ruleSets.flatMap(\.paths) : rules
    let sources = paths.isEmpty ? [] : try RuleArguments.sources(paths)
    let wake = WakePipe()
    let screen = PromptScreen(wake: wake)
    try await services(file).withServices(client: access.client) { line in
      if line.level != .debug { screen.message(ReplText.log(line)) }
    } _: { services in
      let (console, problems) = try await RuleConsole.open(
        rules: sources, options: options(file), services: services
      ) { text in
        screen.output((screen.outputIsTerminal ? TerminalText.escapedLines(text) : text) + "\n")
      }
      for problem in problems { screen.message(TerminalText.escaped("\(problem)") + "\n") }
      let session = ReplSession(
        console: console, screen: screen, style: ReplStyle(noColor: display.noColor), access: access,
        streamType: streamType, isInteractive: isInteractive)
      do {
        await session.start()
        try await isInteractive ? prompt(file, session, console, screen, wake) : batch(session, console)
      } catch {
        await session.end()
        throw error
      }
      await session.end()
    }
  }

  private func prompt(
    _ file: BoxwatchConfiguration, _ session: ReplSession, _ console: RuleConsole, _ screen: PromptScreen,
    _ wake: WakePipe
  ) async throws {
    let history = history(file)
    let editor = LineEditor(screen: screen, wake: wake, history: history?.load() ?? []) { line in
      session.completer.withLock { $0 }.complete(line)
    }
    await session.use(ReplPager(editor: editor))
    screen.message("boxwatch \(Version.text). Lua with the box module. .help helps, Ctrl-D leaves.\n")
    await ReplPrompt(session: session, console: console, editor: editor, screen: screen, history: history).run()
    editor.giveBack()
  }

  private func batch(_ session: ReplSession, _ console: RuleConsole) async throws {
    let texts =
      chunks.isEmpty ? [(name: "stdin", text: try StandardInput.text())] : chunks.map { (name: "-e", text: $0) }
    try await Signals.ending(interruptedIsDone: false) {
      try await ReplBatch(session: session, console: console).run(texts)
    }
  }

  private func services(_ file: BoxwatchConfiguration) throws -> PromptServices {
    var services = PromptServices()
    services.allowedHosts = file.allow.httpHosts
    services.secrets = file.secrets.map { ($0.name, $0.value, $0.hosts) }
    services.mayWriteToBox = file.allow.boxWrite
    let path = output ?? file.output
    if FileExists.at(path) { services.output = try OutputDirectory(path: path) }
    return services
  }

  private func options(_ file: BoxwatchConfiguration) -> RuleOptions {
    var options = RuleOptions.ofCommand
    options.cpu = file.budgets.cpu
    options.wait = file.budgets.wait
    options.load = file.budgets.load
    options.memory = file.budgets.memory
    options.totalMemory = file.budgets.totalMemory
    return options
  }

  /// Nil, and a word about it, where the state directory cannot hold it.
  private func history(_ file: BoxwatchConfiguration) -> LineHistory? {
    let secrets = ["BOX_DEVELOPER_TOKEN", "BOX_CLIENT_SECRET"].compactMap { Environment.process[$0] }
    do {
      return try LineHistory(in: state.directory(configured: file.state), secrets: secrets)
    } catch {
      StandardError.write("boxwatch: warning: no history: \(TerminalText.escaped("\(error)"))\n")
      return nil
    }
  }
}
