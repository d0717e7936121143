import ArgumentParser
import BoxClient
import ConfigurationFile
import Logging

/// Everything that says which account is meant: the options of CLI.md, "Connecting", for commands that ask Box and end.
struct AccountOptions: ParsableArguments {
  @OptionGroup(title: "Connecting") var connection: ConnectionOptions
  @OptionGroup(title: "Connecting") var configuration: ConfigurationOptions
  @OptionGroup(title: "Connecting") var state: StateOption

  func validate() throws {
    if connection.simulate && configuration.account != nil {
      throw ValidationError("--simulate and --account exclude each other")
    }
  }

  /// Runs `body` with a client of the account, and ends what the client needed.
  func withClient<Result>(
    simulator: SimulatorSettings, logger: Logger, _ body: (BoxClient) async throws -> Result
  ) async throws -> Result {
    let file = try configuration.load(forgivesMissing: connection.simulate)
    guard connection.simulate else { return try await withClient(file, connection.apiURL, logger, body) }
    return try await simulator.withRunning { try await withClient(file, $0, logger, body) }
  }

  private func withClient<Result>(
    _ file: BoxwatchConfiguration, _ apiURL: String?, _ logger: Logger, _ body: (BoxClient) async throws -> Result
  ) async throws -> Result {
    let transport = PooledTransport()
    let accounts = accounts(file, apiURL, transport, logger)
    do {
      let result = try await body(try accounts.client(nil, as: connection.asUser))
      await accounts.settle()
      try? await transport.shutdown()
      return result
    } catch {
      await accounts.settle()
      try? await transport.shutdown()
      throw error
    }
  }

  /// - Parameter apiURL: of the option, or of the simulator.
  func accounts(
    _ file: BoxwatchConfiguration, _ apiURL: String?, _ transport: PooledTransport, _ logger: Logger
  ) -> Accounts {
    Accounts(
      AccountLookup(
        configuration: file, named: configuration.account, apiURL: apiURL, isSimulated: connection.simulate,
        state: state.directory(configured: file.state)),
      callsPerMinute: connection.callsPerMinute ?? file.budgets.callsPerMinute, transport: transport, logger: logger)
  }
}
