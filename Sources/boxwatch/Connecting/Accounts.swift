import BoxClient
import ConfigurationFile
import Ledger
import Logging

/// Clients of Box by account and user. Calls as one user draw from one budget, however many streams make them.
final class Accounts {
  private let configuration: BoxwatchConfiguration
  private let named: String?
  private let apiURL: String?
  private let isSimulated: Bool
  private let callsPerMinute: Int
  private let transport: PooledTransport
  private let logger: Logger
  private let state: String
  private var keepers: [String: (tokens: TokenKeeper, access: AccountAccess)] = [:]
  private var clients: [String: BoxClient] = [:]

  /// - Parameters:
  ///   - named: the account that `--account` names.
  ///   - apiURL: of the option, or of the simulator.
  ///   - state: the state directory, which holds what `boxwatch login` stored; nil for where it is without an option.
  init(
    _ configuration: BoxwatchConfiguration, named: String?, apiURL: String?, isSimulated: Bool, callsPerMinute: Int,
    transport: PooledTransport, logger: Logger, state: String? = nil
  ) {
    self.state = state ?? StateOption.directory(given: nil, configured: configuration.state)
    self.configuration = configuration
    self.named = named
    self.apiURL = apiURL
    self.isSimulated = isSimulated
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
    let name = account ?? "default"
    let key = "\(name)\u{0}\(user ?? "")"
    if let client = clients[key] { return client }
    let budget = CallBudget(callsPerMinute: callsPerMinute)
    let (keeper, access) = try keeper(account, budget)
    let client = try BoxClient(
      apiURL: access.apiURL, tokens: keeper, transport: try transport.through(access.route), budget: budget,
      asUser: user, userAgent: "boxwatch/\(Version.text)", logger: logger)
    clients[key] = client
    return client
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

  private func keeper(_ account: String?, _ budget: CallBudget) throws -> (TokenKeeper, AccountAccess) {
    let name = account ?? "default"
    if let known = keepers[name] { return known }
    let access = try access(account)
    ClearTextWarning.warn(of: access.apiURL)
    let source = try access.credentials.tokenSource(
      apiURL: access.apiURL, transport: try transport.through(access.route), budget: budget)
    let made = (tokens: TokenKeeper(source), access: access)
    keepers[name] = made
    return made
  }

  /// How an account gets to Box.
  /// - Throws: ``CommandFailure`` (78) where there are no credentials.
  func access(_ name: String?) throws -> AccountAccess {
    let usual = BoxwatchConfiguration.Account(name: "default", credentials: .oauth2(clientID: nil, clientSecret: nil))
    if isSimulated {
      return AccountAccess(credentials: .developerToken(Secret("simulated")), apiURL: apiURL ?? usual.apiURL)
    }
    if let account = try chosen(name) { return try access(account) }
    if named == nil && Credentials.areIn(.process) {
      // The app alone is what a sign-in needs, and no credentials yet.
      if Credentials.nameOnlyTheApp(.process), let access = try stored("default") { return access }
      return AccountAccess(credentials: try Credentials(.process), apiURL: apiURL ?? usual.apiURL)
    }
    let signedIn = name ?? named ?? "default"
    guard let access = try stored(signedIn) else {
      throw named == nil ? Credentials.missing : unknown(signedIn)
    }
    return access
  }

  private func access(_ account: BoxwatchConfiguration.Account) throws -> AccountAccess {
    let route = NetworkRoute(proxy: account.proxy, caFile: account.caFile)
    let url = apiURL ?? account.apiURL
    switch account.credentials {
    case .developerToken(let token):
      return AccountAccess(credentials: .developerToken(token), apiURL: url, route: route)
    case .clientCredentials(let id, let secret, let subject):
      return AccountAccess(
        credentials: .clientCredentials(id: id, secret: secret, subject: subject), apiURL: url, route: route)
    case .jwt(let file, let subject, let audience):
      return AccountAccess(
        credentials: .jwt(try JWTConfiguration(file: file), subject: subject, audience: audience), apiURL: url,
        route: route)
    case .oauth2(let id, let secret):
      let isUsual = account.apiURL == BoxwatchConfiguration.Account(name: "", credentials: account.credentials).apiURL
      let configured = isUsual ? nil : account.apiURL
      let access = try stored(account.name, route: route, configuredURL: configured, clientID: id, secret: secret)
      guard let access else {
        throw CommandFailure(
          .badConfiguration, "account \(account.name): it has no credentials, and nobody has signed in for it",
          advice: "Sign in: boxwatch login --account \(account.name) --client-id ID (state directory: \(state)).")
      }
      return access
    }
  }

  /// What `boxwatch login` stored; nil where it stored nothing. Tokens go to the API that issued them, no other.
  private func stored(
    _ account: String, route: NetworkRoute = NetworkRoute(), configuredURL: String? = nil, clientID: String? = nil,
    secret: Secret? = nil
  ) throws -> AccountAccess? {
    guard let directory = try StateDirectory.find(state) else { return nil }
    let file = CredentialFile(directory: directory.path)
    guard let stored = try file.credentials(of: account) else { return nil }
    if let clientID, clientID != stored.clientID {
      throw CommandFailure(
        .badConfiguration, "account \(account) is signed in with the app \(stored.clientID), not with \(clientID)",
        advice: "Sign in with that one: boxwatch login --account \(account)")
    }
    let url = apiURL ?? configuredURL ?? stored.apiURL
    guard Origin(url) == Origin(stored.apiURL) else {
      throw CommandFailure(
        .badConfiguration, "account \(account) is signed in at \(stored.apiURL), and \(url) is to be called",
        advice: "Its tokens go nowhere else. Sign in there: boxwatch login --account \(account) --api-url \(url)")
    }
    return AccountAccess(
      credentials: .stored(account: account, file, clientSecret: secret), apiURL: url, route: route)
  }

  private func unknown(_ wanted: String) -> CommandFailure {
    let known = configuration.accounts.map(\.name).joined(separator: ", ")
    return CommandFailure(
      .badConfiguration, "there is no account \"\(wanted)\"",
      advice: known.isEmpty
        ? "The configuration has no accounts, and nobody has signed in with boxwatch login --account \(wanted)."
        : "The configuration has \(known).")
  }

  /// The configuration's account; nil where the environment's variables or a sign-in without configuration are meant.
  private func chosen(_ name: String?) throws -> BoxwatchConfiguration.Account? {
    let accounts = configuration.accounts
    if let wanted = name ?? named {
      if accounts.isEmpty && name == nil { return nil }
      guard let account = accounts.first(where: { $0.name == wanted }) else { throw unknown(wanted) }
      return account
    }
    // The environment goes before the file.
    if Credentials.areIn(.process) || accounts.isEmpty { return nil }
    guard accounts.count == 1 else {
      throw CommandFailure(
        .badConfiguration, "the configuration has several accounts, and none is chosen",
        advice: "Choose with --account: \(accounts.map(\.name).joined(separator: ", ")).")
    }
    return accounts[0]
  }
}

/// How an account gets to Box: as whom, where, and by which way.
struct AccountAccess {
  var credentials: Credentials
  var apiURL: String
  var route = NetworkRoute()
}

extension Credentials {
  static func areIn(_ environment: Environment) -> Bool {
    environment["BOX_DEVELOPER_TOKEN"] != nil || environment["BOX_CLIENT_ID"] != nil
      || environment["BOX_CONFIG_FILE"] != nil
  }

  /// Whether the environment says which app it is, and not for whom it asks.
  static func nameOnlyTheApp(_ environment: Environment) -> Bool {
    environment["BOX_CLIENT_ID"] != nil
      && ["BOX_DEVELOPER_TOKEN", "BOX_ENTERPRISE_ID", "BOX_USER_ID"].allSatisfy { environment[$0] == nil }
  }
}
