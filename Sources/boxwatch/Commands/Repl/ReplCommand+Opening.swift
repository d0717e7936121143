import BoxClient
import ConfigurationFile
import Delivery
import Logging
import RuleEngine
import Watcher

// A prompt of its own: a Lua state in this process, and an account to ask.
extension ReplCommand {
  func open(_ file: BoxwatchConfiguration, apiURL: String?, for work: Work) async throws {
    let transport = PooledTransport()
    do {
      let logger =
        isInteractive ? Logger(label: "boxwatch", factory: { _ in SwiftLogNoOpLogHandler() }) : Console.logger()
      let accounts = Accounts(
        AccountLookup(
          configuration: file, named: configurationOptions.account, apiURL: apiURL, isSimulated: connection.simulate,
          state: state.directory(configured: file.state)),
        callsPerMinute: connection.callsPerMinute ?? file.budgets.callsPerMinute, transport: transport, logger: logger)
      do {
        let access = try BoxAccess(accounts, asUser: connection.asUser, transport: transport, logger: logger)
        try await open(file, access, for: work)
      } catch {
        await accounts.settle()
        throw error
      }
      await accounts.settle()
    } catch {
      try? await transport.shutdown()
      throw error
    }
    try? await transport.shutdown()
  }

  private func open(_ file: BoxwatchConfiguration, _ access: BoxAccess, for work: Work) async throws {
    let paths = rules.isEmpty ? file.ruleSets.flatMap(\.paths) : rules
    let sources = paths.isEmpty ? [] : try RuleArguments.sources(paths)
    let wake = WakePipe()
    let screen = PromptScreen(wake: wake)
    try await services(file).withServices(client: access.client) { line in
      if line.level != .debug { screen.message(ReplText.log(line)) }
    } _: { services in
      let (console, problems) = try await RuleConsole.open(
        rules: sources, options: RuleOptions(file), services: services,
        waits: { handler in
          screen.message("waiting for \(TerminalText.escaped(handler)), which waits; Ctrl-C ends both\n")
        },
        print: { text in
          screen.output((screen.outputIsTerminal ? TerminalText.escapedLines(text) : text) + "\n")
        })
      for problem in problems { screen.message(TerminalText.escaped("\(problem)") + "\n") }
      let session = ReplSession(
        .here(console), screen: screen, style: ReplStyle(noColor: display.noColor), access: access,
        streamType: streamType, isInteractive: isInteractive)
      try await run(
        work, session, screen, wake, state: state.directory(configured: file.state),
        secrets: KnownSecrets.all(file, state: state.directory(configured: file.state)),
        greeting: "boxwatch \(Version.text). Lua with the box module. .help helps, Ctrl-D leaves.\n")
    }
  }

  private func services(_ file: BoxwatchConfiguration) throws -> PromptServices {
    var services = PromptServices()
    services.allowedHosts = file.allow.httpHosts
    services.secrets = file.secrets.map { ($0.name, $0.value, $0.hosts) }
    services.mayWriteToBox = file.allow.boxWrite
    let path = output ?? file.output
    services.output = try OutputDirectory(existing: path, states: [state.directory(configured: file.state)])
    return services
  }
}
