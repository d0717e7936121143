import ArgumentParser
import BoxClient
import ConfigurationFile

/// What a sign-in needs: options go before the environment, the environment before the configuration.
struct LoginSettings: Sendable {
  let account: String
  let clientID: String
  /// Nil where a person is to be asked.
  let clientSecret: Secret?
  let apiURL: String
  let route: NetworkRoute
  let redirectURI: String
  let page: String

  init(_ command: LoginCommand, _ file: BoxwatchConfiguration, environment: Environment) throws {
    let configured = try Self.account(command.configurationOptions.account, file)
    var configuredID: String?
    var configuredSecret: Secret?
    if case .oauth2(let id, let secret)? = configured?.credentials { (configuredID, configuredSecret) = (id, secret) }
    guard let id = command.clientID ?? environment["BOX_CLIENT_ID"] ?? configuredID else {
      throw ValidationError(
        "--client-id is missing: name the app's client id (developer console, Configuration), or set BOX_CLIENT_ID")
    }
    if let configured, let configuredID, id != configuredID {
      let source = command.clientID == nil ? "BOX_CLIENT_ID" : "--client-id"
      throw CommandFailure(
        .badConfiguration, "account \(configured.name) has client_id \(configuredID), and \(source) is \(id)",
        advice: "No command would use that sign-in. Leave \(source) out, or write client_id: \(id) for the account.")
    }
    account = command.configurationOptions.account ?? configured?.name ?? "default"
    clientID = id
    clientSecret = environment["BOX_CLIENT_SECRET"].map { Secret($0) } ?? configuredSecret
    apiURL = Self.withoutSlash(command.apiURL ?? configured?.apiURL ?? "https://api.box.com")
    route = NetworkRoute(proxy: configured?.proxy, caFile: configured?.caFile)
    redirectURI = command.redirectURI
    page = command.authorizeURL
  }

  /// The configuration's account; nil where it has none.
  private static func account(
    _ name: String?, _ file: BoxwatchConfiguration
  ) throws -> BoxwatchConfiguration.Account? {
    guard !file.accounts.isEmpty else { return nil }
    guard let name else {
      guard file.accounts.count == 1 else { throw AccountLookup.noneChosen(file.accounts) }
      return try oauth2(file.accounts[0])
    }
    return try oauth2(try AccountLookup.configured(name, file.accounts))
  }

  private static func oauth2(_ account: BoxwatchConfiguration.Account) throws -> BoxwatchConfiguration.Account {
    if case .oauth2 = account.credentials { return account }
    throw CommandFailure(
      .badConfiguration, "account \(account.name) has other credentials, which go before a sign-in",
      advice: "Write auth: oauth2 for it, or choose another account with --account.")
  }

  private static func withoutSlash(_ url: String) -> String {
    var url = url
    while url.last == "/" { url.removeLast() }
    return url
  }
}
