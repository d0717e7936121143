import BoxClient
import ConfigurationFile
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
  private var keepers: [String: (TokenKeeper, apiURL: String)] = [:]
  private var clients: [String: BoxClient] = [:]

  /// - Parameters:
  ///   - named: the account that `--account` names.
  ///   - apiURL: of the option, or of the simulator.
  init(
    _ configuration: BoxwatchConfiguration, named: String?, apiURL: String?, isSimulated: Bool, callsPerMinute: Int,
    transport: PooledTransport, logger: Logger
  ) {
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
    let name = account ?? "default"
    let key = "\(name)\u{0}\(user ?? "")"
    if let client = clients[key] { return client }
    let budget = CallBudget(callsPerMinute: callsPerMinute)
    let (keeper, url) = try keeper(account, budget)
    let client = try BoxClient(
      apiURL: url, tokens: keeper, transport: transport, budget: budget, asUser: user,
      userAgent: "boxwatch/\(Version.text)", logger: logger)
    clients[key] = client
    return client
  }

  private func keeper(_ account: String?, _ budget: CallBudget) throws -> (TokenKeeper, String) {
    let name = account ?? "default"
    if let known = keepers[name] { return known }
    let (credentials, url) = try credentials(account)
    let made = (TokenKeeper(credentials.tokenSource(apiURL: url, transport: transport, budget: budget)), apiURL: url)
    keepers[name] = made
    return made
  }

  private func credentials(_ name: String?) throws -> (Credentials, String) {
    let usual = BoxwatchConfiguration.Account(name: "default", credentials: .oauth2(clientID: nil, clientSecret: nil))
    if isSimulated { return (.developerToken(Secret("simulated")), apiURL ?? usual.apiURL) }
    guard let account = try chosen(name) else { return (try Credentials(.process), apiURL ?? usual.apiURL) }
    return (try Credentials(account), apiURL ?? account.apiURL)
  }

  /// The configuration's account; nil where the environment's variables are meant.
  private func chosen(_ name: String?) throws -> BoxwatchConfiguration.Account? {
    let accounts = configuration.accounts
    if let wanted = name ?? named {
      guard let account = accounts.first(where: { $0.name == wanted }) else {
        let known = accounts.map(\.name).joined(separator: ", ")
        throw CommandFailure(
          .badConfiguration, "there is no account \"\(wanted)\"",
          advice: known.isEmpty ? "The configuration has no accounts." : "The configuration has \(known).")
      }
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

extension Credentials {
  static func areIn(_ environment: Environment) -> Bool {
    environment["BOX_DEVELOPER_TOKEN"] != nil || environment["BOX_CLIENT_ID"] != nil
      || environment["BOX_CONFIG_FILE"] != nil
  }

  init(_ account: BoxwatchConfiguration.Account) throws {
    switch account.credentials {
    case .developerToken(let token): self = .developerToken(token)
    case .clientCredentials(let id, let secret, let subject):
      self = .clientCredentials(id: id, secret: secret, subject: subject)
    case .oauth2, .jwt:
      throw CommandFailure(
        .badConfiguration, "account \(account.name): this version does not sign in with OAuth 2.0 or JWT",
        advice: "Use auth: developer_token or auth: client_credentials.")
    }
  }
}
