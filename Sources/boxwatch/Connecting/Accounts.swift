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
  ///   - state: the state directory, which holds what `boxwatch login` stored.
  init(
    _ configuration: BoxwatchConfiguration, named: String?, apiURL: String?, isSimulated: Bool, callsPerMinute: Int,
    transport: PooledTransport, logger: Logger, state: String
  ) {
    self.state = state
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
    let choice = try choice(account)
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

  private func keeper(_ choice: Choice, _ budget: CallBudget) throws -> (TokenKeeper, AccountAccess) {
    if let known = keepers[choice.key] { return known }
    let access = try access(choice)
    ClearTextWarning.warn(of: access.apiURL)
    let source = try access.credentials.tokenSource(
      apiURL: access.apiURL, transport: try transport.through(access.route), budget: budget)
    let made = (tokens: TokenKeeper(source), access: access)
    keepers[choice.key] = made
    return made
  }

  /// How an account gets to Box.
  /// - Throws: ``CommandFailure`` (78) where there are no credentials.
  func access(_ name: String?) throws -> AccountAccess { try access(try choice(name)) }

  /// The name under which an account's events are remembered: the file's own, whoever's credentials are used.
  func label(_ name: String?) -> String {
    name ?? named ?? (configuration.accounts.count == 1 ? configuration.accounts[0].name : "default")
  }

  /// - Throws: ``CommandFailure`` (78) where `--account` names an account that the configuration does not have.
  func checkName() throws {
    if let named, !configuration.accounts.isEmpty { _ = try configured(named) }
  }

  /// The streams that `--account` leaves.
  /// - Throws: ``CommandFailure`` (64) where it leaves none.
  func streams(_ streams: [BoxwatchConfiguration.Stream]) throws -> [BoxwatchConfiguration.Stream] {
    guard let named else { return streams }
    let left = streams.filter { $0.account == nil || $0.account == named }
    guard left.isEmpty else { return left }
    throw CommandFailure(
      .usage, "--account \(named): every stream of the configuration is another account's",
      advice: "Leave --account out, add a stream with account: \(named), or watch one with --stream-type.")
  }

  private func access(_ choice: Choice) throws -> AccountAccess {
    switch choice {
    case .simulated:
      return AccountAccess(credentials: .developerToken(Secret("simulated")), apiURL: apiURL ?? Self.usualURL)
    case .configured(let account): return try access(account)
    case .environment(let account):
      // Another sign-in, and still the same Box behind the same proxy.
      return AccountAccess(
        credentials: try Credentials(.process), apiURL: apiURL ?? account?.apiURL ?? Self.usualURL,
        route: NetworkRoute(proxy: account?.proxy, caFile: account?.caFile))
    case .signedIn(let name):
      // The app alone is what a sign-in needs; tokens of another app are not what is meant.
      let app = named == nil ? Environment.process["BOX_CLIENT_ID"] : nil
      if let access = try stored(name, clientID: app) { return access }
      if named != nil { throw unknown(name) }
      // It lacks something, and says what.
      _ = try Credentials(.process)
      throw Credentials.missing
    }
  }

  private static let usualURL =
    BoxwatchConfiguration.Account(name: "default", credentials: .oauth2(clientID: nil, clientSecret: nil)).apiURL

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
        advice: "Sign in with that one: boxwatch login --account \(account) --client-id \(clientID)")
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

  private func configured(_ wanted: String) throws -> BoxwatchConfiguration.Account {
    guard let account = configuration.accounts.first(where: { $0.name == wanted }) else { throw unknown(wanted) }
    return account
  }

  /// Which credentials are meant. An account that a stream or `--account` names is that account; else the environment
  /// goes before the file, as far as it holds whole credentials.
  private func choice(_ name: String?) throws -> Choice {
    let accounts = configuration.accounts
    if isSimulated { return .simulated }
    if let wanted = name ?? named {
      return accounts.isEmpty && name == nil ? .signedIn(wanted) : .configured(try configured(wanted))
    }
    if Credentials.areWhole(.process) { return .environment(accounts.count == 1 ? accounts[0] : nil) }
    if accounts.count > 1 { throw Self.noneChosen(accounts) }
    return accounts.first.map { .configured($0) } ?? .signedIn("default")
  }

  static func noneChosen(_ accounts: [BoxwatchConfiguration.Account]) -> CommandFailure {
    CommandFailure(
      .badConfiguration, "the configuration has several accounts, and none is chosen",
      advice: "Choose with --account: \(accounts.map(\.name).joined(separator: ", ")).")
  }

  private enum Choice {
    case simulated
    case configured(BoxwatchConfiguration.Account)
    /// With the address and the way to it of the file's only account.
    case environment(BoxwatchConfiguration.Account?)
    /// What `boxwatch login` stored, without an account in the file.
    case signedIn(String)

    /// Tells clients apart. No account has a name with a space.
    var key: String {
      switch self {
      case .simulated: "the simulator"
      case .configured(let account): account.name
      case .environment: "the environment"
      case .signedIn(let name): name
      }
    }
  }
}

/// How an account gets to Box: as whom, where, and by which way.
struct AccountAccess {
  var credentials: Credentials
  var apiURL: String
  var route = NetworkRoute()
}
