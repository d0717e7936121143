import BoxSimulator
import Logging

/// The simulator that `--simulate` embeds.
struct SimulatorSettings {
  /// Events that happen each second while it runs.
  var rate = 0.0

  func withRunning<Result>(_ body: (_ address: String) async throws -> Result) async throws -> Result {
    var configuration = BoxSimulator.Configuration()
    configuration.rate = rate
    // What goes wrong reaches the client as an answer; the server's own remarks on closed connections are noise.
    let silent = Logger(label: "simulator", factory: { _ in SwiftLogNoOpLogHandler() })
    return try await BoxSimulator(configuration, logger: silent).withRunning { try await body($0) }
  }
}
