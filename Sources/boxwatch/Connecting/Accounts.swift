import BoxClient
import Logging

/// Clients of Box by account and user. Calls as one user draw from one budget, however many streams make them.
final class Accounts {
  let lookup: AccountLookup
  private let callsPerMinute: Int
  private let transport: PooledTransport
  private let logger: Logger
  private var keepers: [String: (tokens: TokenKeeper, access: AccountAccess)] = [:]
  private var clients: [String: BoxClient] = [:]

  init(_ lookup: AccountLookup, callsPerMinute: Int, transport: PooledTransport, logger: Logger) {
    self.lookup = lookup
    self.callsPerMinute = callsPerMinute
    self.transport = transport
    self.logger = logger
  }

  /// - Parameters:
  ///   - account: of the configuration; nil for the one that is meant without a name.
  ///   - user: `As-User`; nil for the account itself.
  /// - Throws: ``CommandFailure`` (78) where there are no credentials.
  func client(_ account: String?, as user: String?) throws -> BoxClient {
    do {
      return try makeClient(account, as: user)
    } catch {
      // In the words of a command, whatever is wrong: a prompt asks for no more than that it is a failure of these.
      throw ErrorMessage.failure(for: error) ?? error
    }
  }

  private func makeClient(_ account: String?, as user: String?) throws -> BoxClient {
    let choice = try lookup.choice(account)
    let key = "\(choice.key)\u{0}\(user ?? "")"
    if let client = clients[key] { return client }
    let budget = CallBudget(callsPerMinute: callsPerMinute)
    let (keeper, access) = try keeper(choice, budget)
    let client = try BoxClient(
      apiURL: access.apiURL, tokens: keeper, transport: try transport.through(access.route), budget: budget,
      asUser: user, userAgent: "boxwatch/\(Version.text)", logger: logger)
    clients[key] = client
    return client
  }

  private func keeper(_ choice: AccountChoice, _ budget: CallBudget) throws -> (TokenKeeper, AccountAccess) {
    if let known = keepers[choice.key] { return known }
    let access = try lookup.access(choice)
    ClearTextWarning.warn(of: access.apiURL)
    let source = try access.credentials.tokenSource(
      apiURL: access.apiURL, transport: try transport.through(access.route), budget: budget)
    let made = (tokens: TokenKeeper(source), access: access)
    keepers[choice.key] = made
    return made
  }

  /// Returns when no token is being renewed any more: what is cut off may be a refresh token's only use.
  /// Says after a second what is waited for.
  func settle() async {
    let keepers = keepers.values.map(\.tokens)
    let notice = Task {
      try await Task.sleep(for: .seconds(1))
      StandardError.write("boxwatch: waiting for Box to answer a request for a token; a second signal ends at once\n")
    }
    await withTaskGroup { group in
      for keeper in keepers { group.addTask { await keeper.settle() } }
    }
    notice.cancel()
  }
}
