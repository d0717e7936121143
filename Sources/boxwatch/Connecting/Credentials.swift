import BoxClient

/// Who calls Box, as the environment says (CLI.md, "Connecting").
enum Credentials {
  case developerToken(Secret)
  case jwt(JWTConfiguration, subject: ClientCredentials.Subject?, audience: String?)
  /// What `boxwatch login` stored for an account; the secret stands in for the stored one.
  case stored(account: String, CredentialFile, clientSecret: Secret?)
  case clientCredentials(id: String, secret: Secret, subject: ClientCredentials.Subject)

  /// Throws a ``CommandFailure`` with exit code 78 that names what is missing.
  init(_ environment: Environment) throws {
    if let text = environment["BOX_DEVELOPER_TOKEN"] {
      // A file of variables often leaves a line break behind.
      let token = String(text.filter { !$0.isWhitespace })
      guard !token.isEmpty, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
        throw CommandFailure(
          .badConfiguration, "BOX_DEVELOPER_TOKEN holds characters that no token has",
          advice: "Copy the token again from the developer console (Configuration, Developer Token).")
      }
      self = .developerToken(Secret(token))
      return
    }
    if !Self.nameAppAndSubject(environment), let path = environment["BOX_CONFIG_FILE"] {
      self = .jwt(try JWTConfiguration(file: path), subject: try Self.subject(environment), audience: nil)
      return
    }
    guard let id = environment["BOX_CLIENT_ID"] else { throw Self.missing }
    guard let secret = environment["BOX_CLIENT_SECRET"] else {
      throw CommandFailure(
        .badConfiguration, "BOX_CLIENT_ID is set, but BOX_CLIENT_SECRET is not",
        advice: "Set BOX_CLIENT_SECRET to the app's secret (developer console, Configuration).")
    }
    guard let subject = try Self.subject(environment) else {
      throw CommandFailure(
        .badConfiguration, "BOX_CLIENT_ID is set, but neither BOX_ENTERPRISE_ID nor BOX_USER_ID is",
        advice: "Set BOX_ENTERPRISE_ID to act as the app's service account, or BOX_USER_ID to act as a user.")
    }
    self = .clientCredentials(id: id, secret: Secret(secret), subject: subject)
  }

  private static func subject(_ environment: Environment) throws -> ClientCredentials.Subject? {
    switch (environment["BOX_ENTERPRISE_ID"], environment["BOX_USER_ID"]) {
    case (let enterprise?, nil): return .enterprise(enterprise)
    case (nil, let user?): return .user(user)
    case (nil, nil): return nil
    case (_?, _?):
      throw CommandFailure(
        .badConfiguration, "BOX_ENTERPRISE_ID and BOX_USER_ID are both set",
        advice: "Unset one: the first means the app's service account, the second a user.")
    }
  }

  static let missing = CommandFailure(.badConfiguration, "no credentials for Box", advice: advice)

  private static let advice =
    "Set BOX_DEVELOPER_TOKEN; or BOX_CLIENT_ID, BOX_CLIENT_SECRET and BOX_ENTERPRISE_ID or BOX_USER_ID; or "
    + "BOX_CONFIG_FILE; or sign in with boxwatch login. To try boxwatch without an account, add --simulate."

  func tokenSource(apiURL: String, transport: any HTTPTransport, budget: CallBudget) throws -> any TokenSource {
    let endpoint = TokenEndpoint(apiURL: apiURL, transport: transport, budget: budget)
    switch self {
    case .developerToken(let token): return DeveloperToken(token)
    case .clientCredentials(let id, let secret, let subject):
      return ClientCredentials(clientID: id, clientSecret: secret, subject: subject, endpoint: endpoint)
    case .jwt(let configuration, let subject, let audience):
      return try JWTTokens(configuration, subject: subject, audience: audience, endpoint: endpoint)
    case .stored(let account, let file, let secret):
      return RefreshingTokens(
        account: account, file: file, apiURL: apiURL, clientSecret: secret, endpoint: endpoint)
    }
  }
}

extension Credentials {
  /// Whether the environment holds all that a token needs. An app's id alone is for a sign-in, or for a configuration
  /// that says `${BOX_CLIENT_ID}`.
  static func areWhole(_ environment: Environment) -> Bool {
    environment["BOX_DEVELOPER_TOKEN"] != nil || nameAppAndSubject(environment) || environment["BOX_CONFIG_FILE"] != nil
  }

  /// Whether the environment holds what the client credentials grant needs.
  static func nameAppAndSubject(_ environment: Environment) -> Bool {
    environment["BOX_CLIENT_ID"] != nil && environment["BOX_CLIENT_SECRET"] != nil
      && (environment["BOX_ENTERPRISE_ID"] != nil || environment["BOX_USER_ID"] != nil)
  }
}
