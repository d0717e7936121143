import ArgumentParser
import BoxClient
import Logging

/// The options of CLI.md, "Connecting".
struct ConnectionOptions: ParsableArguments {
  @Flag(help: "Use an embedded simulator in place of Box; needs no account.")
  var simulate = false

  @Option(help: ArgumentHelp("The API's address. (default: https://api.box.com)", valueName: "url"))
  var apiURL: String?

  @Option(help: ArgumentHelp("Make every call as this user.", valueName: "id"))
  var asUser: String?

  @Option(help: ArgumentHelp("Ceiling of calls to Box as one user; 0 for none. (default: 900)", valueName: "n"))
  var callsPerMinute: Int?

  func validate() throws {
    if simulate && apiURL != nil {
      throw ValidationError("--simulate and --api-url exclude each other: the simulator has its own address")
    }
    if let asUser, asUser.isEmpty || !asUser.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) {
      throw ValidationError("--as-user takes a user's id, such as 11446498")
    }
    if let callsPerMinute, callsPerMinute < 0 { throw ValidationError("--calls-per-minute takes 0 or more") }
    if let apiURL, Origin(apiURL) == nil {
      throw ValidationError("--api-url takes an http or https address, such as https://api.box.com")
    }
  }

  /// Runs `body` with a client, and ends what the client needed.
  func withClient<Result>(
    simulator: SimulatorSettings = SimulatorSettings(), logger: Logger,
    _ body: (BoxClient) async throws -> Result
  ) async throws -> Result {
    guard simulate else {
      return try await withClient(
        apiURL: apiURL ?? "https://api.box.com", credentials: Credentials(.process), logger: logger, body)
    }
    return try await simulator.withRunning { address in
      try await withClient(
        apiURL: address, credentials: .developerToken(Secret("simulated")), logger: logger, body)
    }
  }

  private func withClient<Result>(
    apiURL: String, credentials: Credentials, logger: Logger, _ body: (BoxClient) async throws -> Result
  ) async throws -> Result {
    warnOfClearText(apiURL)
    let transport = PooledTransport()
    let budget = CallBudget(callsPerMinute: callsPerMinute ?? 900)
    let tokens = TokenKeeper(credentials.tokenSource(apiURL: apiURL, transport: transport, budget: budget))
    do {
      let client = try BoxClient(
        apiURL: apiURL, tokens: tokens, transport: transport, budget: budget, asUser: asUser,
        userAgent: "boxwatch/\(Version.text)", logger: logger)
      let result = try await body(client)
      try? await transport.shutdown()
      return result
    } catch {
      try? await transport.shutdown()
      throw error
    }
  }

  func warnOfClearText(_ apiURL: String) {
    guard let origin = Origin(apiURL), origin.scheme == "http" else { return }
    let isLocal = origin.host == "localhost" || origin.host == "[::1]" || origin.host.hasPrefix("127.")
    if !isLocal { StandardError.write("boxwatch: warning: \(origin) is not https: the token goes there in clear\n") }
  }
}
