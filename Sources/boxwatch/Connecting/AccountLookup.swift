import BoxClient
import ConfigurationFile
import Ledger

/// Finds out as whom Box is called, where, and by which way: from options, environment, configuration and sign-ins.
struct AccountLookup {
  let configuration: BoxwatchConfiguration
  /// The account that `--account` names.
  let named: String?
  /// Of the option, or of the simulator.
  let apiURL: String?
  let isSimulated: Bool
  /// The state directory, which holds what `boxwatch login` stored.
  let state: String
  var environment = Environment.process

  /// The name under which an account's events are remembered: the file's own, whoever's credentials are used.
  func label(_ name: String?) -> String {
    name ?? named ?? (configuration.accounts.count == 1 ? configuration.accounts[0].name : "default")
  }

  /// - Throws: ``CommandFailure`` (78) where `--account` names an account that the configuration does not have.
  func checkName() throws {
    if let named, !configuration.accounts.isEmpty { _ = try Self.configured(named, configuration.accounts) }
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

  /// Which credentials are meant. An account that a stream or `--account` names is that account; else the environment
  /// goes before the file, as far as it holds whole credentials.
  ///
  /// - Parameter name: the account that a stream names.
  /// - Throws: ``CommandFailure`` (78) where several may be meant, or one is named that is not there.
  func choice(_ name: String?) throws -> AccountChoice {
    let accounts = configuration.accounts
    if isSimulated { return .simulated }
    if let wanted = name ?? named {
      return accounts.isEmpty && name == nil ? .signedIn(wanted) : .configured(try Self.configured(wanted, accounts))
    }
    if Credentials.areWhole(environment) { return .environment(accounts.count == 1 ? accounts[0] : nil) }
    if accounts.count > 1 { throw Self.noneChosen(accounts) }
    return accounts.first.map { .configured($0) } ?? .signedIn("default")
  }

  static func noneChosen(_ accounts: [BoxwatchConfiguration.Account]) -> CommandFailure {
    CommandFailure(
      .badConfiguration, "the configuration has several accounts, and none is chosen",
      advice: "Choose with --account: \(accounts.map(\.name).joined(separator: ", ")).")
  }

  /// The account of a name.
  static func configured(
    _ wanted: String, _ accounts: [BoxwatchConfiguration.Account]
  ) throws -> BoxwatchConfiguration.Account {
    guard let account = accounts.first(where: { $0.name == wanted }) else { throw unknown(wanted, accounts) }
    return account
  }

  private static func unknown(_ wanted: String, _ accounts: [BoxwatchConfiguration.Account]) -> CommandFailure {
    let known = accounts.map(\.name).joined(separator: ", ")
    return CommandFailure(
      .badConfiguration, "there is no account \"\(wanted)\"",
      advice: known.isEmpty
        ? "The configuration has no accounts, and nobody has signed in with boxwatch login --account \(wanted)."
        : "The configuration has \(known).")
  }

  // MARK: Access

  /// How an account gets to Box.
  /// - Throws: ``CommandFailure`` (78) where there are no credentials, and what their files throw.
  func access(_ name: String?) throws -> AccountAccess { try access(try choice(name)) }

  func access(_ choice: AccountChoice) throws -> AccountAccess {
    switch choice {
    case .simulated:
      return AccountAccess(credentials: .developerToken(Secret("simulated")), apiURL: apiURL ?? Self.usualURL)
    case .configured(let account): return try access(account)
    case .environment(let account):
      // Another sign-in, and still the same Box behind the same proxy.
      return AccountAccess(
        credentials: try Credentials(environment), apiURL: apiURL ?? account?.apiURL ?? Self.usualURL,
        route: NetworkRoute(proxy: account?.proxy, caFile: account?.caFile))
    case .signedIn(let name):
      // The app alone is what a sign-in needs; tokens of another app are not what is meant.
      let app = named == nil ? environment["BOX_CLIENT_ID"] : nil
      if let access = try stored(name, clientID: app) { return access }
      if named != nil { throw Self.unknown(name, []) }
      // It lacks something, and says what.
      _ = try Credentials(environment)
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
      let configured = account.apiURL == Self.usualURL ? nil : account.apiURL
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
  ///
  /// - Parameter secret: of the configuration.
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
    // One that is given goes before the one that was stored: the app may have got a new one since.
    return AccountAccess(
      credentials: .stored(
        account: account, file, clientSecret: try environmentSecret(of: stored.clientID, in: file) ?? secret),
      apiURL: url, route: route)
  }

  /// The environment's secret, where it is this app's: `BOX_CLIENT_ID` names the app, or no other account is there that
  /// it could be meant for.
  private func environmentSecret(of clientID: String, in file: CredentialFile) throws -> Secret? {
    let isMeant =
      try environment["BOX_CLIENT_ID"].map { $0 == clientID }
      ?? (configuration.accounts.count <= 1 && file.accounts().count <= 1)
    return isMeant ? environment["BOX_CLIENT_SECRET"].map { Secret($0) } : nil
  }
}

/// How an account gets to Box: as whom, where, and by which way.
struct AccountAccess {
  var credentials: Credentials
  var apiURL: String
  var route = NetworkRoute()
}
