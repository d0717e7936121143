import ArgumentParser
import BoxClient
import ConfigurationFile

extension BoxwatchConfiguration.LogLevel: ExpressibleByArgument {}
extension BoxwatchConfiguration.LogFormat: ExpressibleByArgument {}

/// Which streams, and from where.
struct WatchOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The stream to watch. (default: all)", valueName: "type"))
  var streamType: StreamType?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Where the very first start begins: now, beginning, a position, or on admin_logs a time. (default: now)",
      valueName: "where"))
  var from: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Move the stored position: the same words. Handled events stay handled.", valueName: "where"))
  var resetPosition: String?

  @Option(
    help: ArgumentHelp(
      "Time between two looks at an enterprise stream. (default: 12s or 60s, less while much happens)",
      valueName: "duration"))
  var pollInterval: DurationArgument?

  @Option(help: .hidden)
  var simulatedRate = 2.0

  @Flag(help: "End when everything is caught up, handled and delivered.")
  var once = false

  @Option(help: ArgumentHelp("With --once: how long Box may be out of reach. (default: 60s)", valueName: "duration"))
  var timeout: DurationArgument?
}

/// How the watcher runs.
struct RunOptions: ParsableArguments {
  @OptionGroup var state: StateOption

  @Option(help: ArgumentHelp("Where box.file writes. (default: output)", valueName: "dir"))
  var output: String?

  @Flag(help: "A rule file that does not load is fatal (65).")
  var strict = false

  @Option(
    help: ArgumentHelp("Time to end after a signal, or to deliver with --once. (default: 10s)", valueName: "duration"))
  var grace: DurationArgument?

  @Flag(help: "Log what the rules would do; deliver nothing.")
  var dryRun = false

  @Option(
    help: ArgumentHelp("Serve /metrics, /healthz and /readyz there.", valueName: "host:port"),
    transform: AddressArgument.init(_:))
  var metrics: AddressArgument?

  @Option(
    help: ArgumentHelp("trace, debug, info, notice, warning, error or critical. (default: info)", valueName: "level"))
  var logLevel: BoxwatchConfiguration.LogLevel?

  @Option(help: ArgumentHelp("text or json. (default: text)", valueName: "format"))
  var logFormat: BoxwatchConfiguration.LogFormat?
}
