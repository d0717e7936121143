import ArgumentParser
import BoxClient
import EventFeed

/// `boxwatch events`: prints events.
struct EventsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "events",
    abstract: "Print events: JSON Lines, CSV or a table.",
    discussion: """
      JSON Lines are the exact text that Box sent, an event a line. The last line on standard error is the stream \
      position at which a later call goes on. Events that pages repeat are printed once.

      EXAMPLES
        boxwatch events --simulate --follow
            the simulator's events, then new ones as they happen
        boxwatch events --limit 0 > events.jsonl
            everything that Box still keeps of your own account
        boxwatch events --stream-type admin_logs --created-after -24h --limit 0
            all that happened in the enterprise in a day
        boxwatch events --stream-position now
            no events, but the position at which the stream stands
      """)

  @OptionGroup var account: AccountOptions
  @OptionGroup(title: "What to print") var selection: EventSelection
  @OptionGroup(title: "How to print it") var presentation: EventPresentation

  @OptionGroup var display: DisplayOptions

  @Flag(help: "Go on with new events as they happen, until Ctrl-C.")
  var follow = false

  @Option(
    help: ArgumentHelp(
      "Time between two requests to an enterprise stream with --follow. (default: 12s or 60s, less while much happens)",
      valueName: "duration"))
  var pollInterval: DurationArgument?

  func validate() throws {
    if follow && selection.createdBefore != nil {
      throw ValidationError("--created-before ends in the past: it cannot be followed. Leave out --follow")
    }
    if follow && selection.createdAfter != nil && selection.streamPosition != nil {
      throw ValidationError("with --follow, either --stream-position or --created-after says where to begin")
    }
    if let pollInterval {
      if !selection.streamType.isEnterprise || !follow {
        throw ValidationError(
          "--poll-interval is for enterprise streams with --follow; user streams ring when something happens")
      }
      if pollInterval.duration < .milliseconds(100) { throw ValidationError("--poll-interval takes 100ms or more") }
    }
  }

  func run() async throws {
    let logger = Console.logger()
    let settings = SimulatorSettings(rate: follow ? 2 : 0)
    let hints = FieldHints(presentation.chosen ?? [])
    for hint in hints.beforehand { StandardError.warn("--fields: \(hint)") }
    for hint in selection.hints { StandardError.warn("--event-type: \(hint)") }
    let printer = EventPrinter(selection: selection, formatter: presentation.formatter, hints: hints)
    try await Signals.ending(interruptedIsDone: follow) {
      try await account.withClient(simulator: settings, logger: logger) { client in
        try await follow ? printer.follow(client, every: pollInterval?.duration) : printer.read(client)
      }
    }
  }
}
