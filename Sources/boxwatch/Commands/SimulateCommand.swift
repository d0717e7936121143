import ArgumentParser
import BoxSimulator
import Logging

/// `boxwatch simulate`: serves a simulated Box Events API.
struct SimulateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Serve a simulated Box Events API on this machine.",
    discussion: """
      Serves /oauth2/token, /2.0/events with a real-time server, and /2.0/users/me. Says \"listening on\" with the \
      address on standard error when it can answer; Ctrl-C ends it.

      FAULTS  \(FaultKind.allCases.map(\.rawValue).joined(separator: ", "))

      CONTROL (needs no token)
        POST /_simulator/events   an event or an array; what it lacks is filled in
        POST /_simulator/faults   {\"kind\":\"429\",\"count\":3}, or \"probability\"
        GET  /_simulator/stats    what was asked and answered
        POST /_simulator/reset    events, faults, counters back to the start

      EXAMPLES
        boxwatch simulate --rate 5 --fault 500=0.05 --fault duplicate=0.1
        export BOX_DEVELOPER_TOKEN=any
        boxwatch events --follow --api-url http://127.0.0.1:8484
        curl -d '{\"event_type\":\"ITEM_UPLOAD\"}' \\
            http://127.0.0.1:8484/_simulator/events
      """)

  @OptionGroup var display: DisplayOptions

  @Option(help: ArgumentHelp("The address to listen on.", valueName: "address"))
  var host = "127.0.0.1"

  @Option(help: ArgumentHelp("The port to listen on; 0 for any free one.", valueName: "n"))
  var port = 8484

  @Option(
    help: ArgumentHelp("Seed of the random generator: the same seed, the same events and faults.", valueName: "n"))
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("New events a second.", valueName: "per-second"))
  var rate = 0.0

  @Option(help: ArgumentHelp("Events that exist at the start, on `all` and each enterprise stream.", valueName: "n"))
  var backlog = 200

  @Option(help: ArgumentHelp("A JSON Lines file of events in place of the generated backlog.", valueName: "file"))
  var events: String?

  @Option(help: ArgumentHelp("The only bearer token that is accepted. (default: any)", valueName: "token"))
  var token: String?

  @Option(
    help: ArgumentHelp(
      "A fault, and how often it strikes, from 0 to 1 (default 1); repeatable.", valueName: "kind[=probability]"),
    transform: FaultArgument.init(_:))
  var fault: [FaultArgument] = []

  func validate() throws {
    if !(0...65_535).contains(port) { throw ValidationError("--port takes 0 to 65535") }
    if !rate.isFinite || rate < 0 || rate > 100_000 {
      throw ValidationError("--rate takes 0 to 100000 events a second")
    }
    if !(0...5_000_000).contains(backlog) { throw ValidationError("--backlog takes 0 to 5000000") }
  }

  func run() async throws {
    var configuration = BoxSimulator.Configuration()
    configuration.host = host
    configuration.port = port
    configuration.seed = seed
    configuration.rate = rate
    configuration.backlog = backlog
    configuration.eventsFile = events
    configuration.token = token
    configuration.faults = Dictionary(fault.map { ($0.kind, $0.probability) }) { $1 }
    let silent = Logger(label: "simulator", factory: { _ in SwiftLogNoOpLogHandler() })
    let simulator = try BoxSimulator(configuration, logger: silent)
    try await Signals.ending(interruptedIsDone: true) {
      try await simulator.run { StandardError.write("listening on \($0)\n") }
    }
  }
}
