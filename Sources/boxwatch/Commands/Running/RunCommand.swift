import ArgumentParser
import BoxClient
import ConfigurationFile
import Logging
import RuleEngine
import ServiceLifecycle
import UnixSignals
import Watcher

/// `boxwatch run`: watches Box and runs rules on every event.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Watch Box and run the rules on every event.",
    discussion: """
      Goes on where it ended: each page's position is stored with all that the page caused. One watcher a state \
      directory. Ctrl-C or SIGTERM finishes the page in hand, delivers what is due and ends; a second one ends at once. \
      SIGHUP takes up changed rules, as does saving them.

      EXAMPLES
        boxwatch run --simulate rules/
            the rules on a simulated account
        boxwatch run --stream-type admin_logs_streaming rules/
            the enterprise's events from now on
        boxwatch run --once --from beginning rules/
            everything that Box still keeps, then the end
      """)

  @OptionGroup var rules: RuleArguments
  @OptionGroup(title: "Connecting") var connection: ConnectionOptions
  @OptionGroup(title: "Connecting") var configurationOptions: ConfigurationOptions
  @OptionGroup(title: "What to watch") var watching: WatchOptions
  @OptionGroup(title: "Running") var running: RunOptions
  @OptionGroup var display: DisplayOptions

  func validate() throws {
    if let interval = watching.pollInterval, interval.duration < .milliseconds(100) {
      throw ValidationError("--poll-interval takes 100ms or more")
    }
    if watching.timeout != nil && !watching.once {
      throw ValidationError("--timeout goes with --once; without it run waits for Box for as long as it takes")
    }
    if connection.simulate && configurationOptions.account != nil {
      throw ValidationError("--simulate and --account exclude each other")
    }
  }

  func run() async throws {
    // Rules that are changed before signals are listened to are not read yet.
    Signals.ignoreHangUp()
    if !watching.once { RunLog.detach() }
    defer { RunLog.flush() }
    // What is wrong with the configuration itself is told as the option says.
    var format = running.logFormat ?? .text
    do {
      var file = try configurationOptions.read(forgivesMissing: connection.simulate)
      file.log.format = running.logFormat ?? file.log.format
      format = file.log.format
      for warning in file.warnings { RunLog.tell(.warning, "\(warning)", format: format) }
      try await watch(file)
    } catch {
      // As a line of the log: who reads JSON reads the reason too, and who reads nothing does not hold the end up.
      guard let message = ErrorMessage(error) else { throw error }
      RunLog.write(format == .json ? message.jsonLine : message.text, format: format)
      throw message.status
    }
  }

  private func watch(_ file: BoxwatchConfiguration) async throws {
    guard connection.simulate else { return try await watch(file, apiURL: connection.apiURL) }
    let settings = SimulatorSettings(rate: watching.simulatedRate)
    try await settings.withRunning { try await watch(file, apiURL: $0) }
  }

  private func watch(_ file: BoxwatchConfiguration, apiURL: String?) async throws {
    let logger = RunLog.logger(level: running.logLevel ?? file.log.level, format: file.log.format)
    let transport = PooledTransport()
    let accounts = Accounts(
      AccountLookup(
        configuration: file, named: configurationOptions.account, apiURL: apiURL, isSimulated: connection.simulate,
        state: running.state.directory(configured: file.state)),
      callsPerMinute: connection.callsPerMinute ?? file.budgets.callsPerMinute, transport: transport, logger: logger)
    do {
      var settings = try WatcherSettings(
        file: file, watching: watching, running: running, rules: rules.rules, asUser: connection.asUser,
        accounts: accounts)
      settings.configuration.isSimulated = connection.simulate
      settings.configuration.isStartNamed = watching.from != nil
      settings.configuration.beforeRestart = RunLog.flush
      if connection.simulate, !running.dryRun {
        let sinks = file.sinks.filter { !$0.kind.isLocal }.map(\.name)
        if !sinks.isEmpty {
          logger.warning(
            "the account is simulated, but alerts go to \(sinks.joined(separator: ", ")); --dry-run sends nothing")
        }
      }
      if watching.pollInterval != nil, !settings.configuration.streams.contains(where: \.streamType.isEnterprise) {
        logger.warning(
          "--poll-interval changes nothing: it is for enterprise streams; others ring when something happens")
      }
      let watcher = Watcher(settings.configuration, logger: logger)
      // Whatever the log's level is: what is parked is the one result of a run that ends well.
      defer { if let summary = watcher.summary { RunLog.tell(.notice, summary, format: file.log.format) } }
      try await serve(watcher, logger) {
        tellOfChange(since: file, logger)
      } settling: {
        await accounts.settle()
      }
      try? await transport.shutdown()
    } catch {
      try? await transport.shutdown()
      throw error
    }
  }

  /// A reload is one of the rules. Whoever has changed the configuration with them must hear that nobody has looked.
  private func tellOfChange(since start: BoxwatchConfiguration, _ logger: Logger) {
    let name = configurationOptions.path ?? "boxwatch.yaml"
    do {
      var now = try configurationOptions.read(forgivesMissing: connection.simulate)
      (now.log.format, now.warnings) = (running.logFormat ?? now.log.format, start.warnings)
      guard now != start else { return }
      logger.warning("\(name) has changed since the start: SIGHUP takes up rules alone, all else needs a new start")
    } catch {
      let problem = ErrorMessage.failure(for: error)?.problem ?? "\(error)"
      logger.warning("\(name) is not what it was at the start, and no new start would take it: \(problem)")
    }
  }

  /// Runs the watcher until it ends or a signal ends it. A second signal ends `settling` too.
  private func serve(
    _ watcher: Watcher, _ logger: Logger, reloading: @escaping @Sendable () -> Void, settling: () async -> Void
  ) async throws {
    let silent = Logger(label: "services", factory: { _ in SwiftLogNoOpLogHandler() })
    let group = ServiceGroup(
      configuration: .init(
        services: [
          .init(
            service: watcher, successTerminationBehavior: .gracefullyShutdownGroup,
            failureTerminationBehavior: .cancelGroup)
        ],
        logger: silent))
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup)
    let listening = Task {
      var first: ContinuousClock.Instant?
      for await signal in signals {
        if signal == .sighup {
          watcher.reload()
          reloading()
          continue
        }
        if let first, Signals.isSecond(after: first) {
          logger.warning("a second signal: ending at once; what is not committed is done again at the next start")
          Signals.endAtOnce(signal)
        }
        first = first ?? .now
        await group.triggerGracefulShutdown()
      }
    }
    defer { listening.cancel() }
    do {
      try await group.run()
    } catch {
      await settling()
      throw error
    }
    await settling()
  }
}
