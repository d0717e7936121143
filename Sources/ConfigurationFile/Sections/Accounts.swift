import BoxClient

extension BoxwatchConfiguration {
  /// The names of all accounts, of those with mistakes too.
  mutating func readAccounts(_ top: MappingReader) -> [String] {
    let entries = top.mapping("accounts", "a mapping of accounts by name")?.entries("an account") ?? []
    for (name, field) in entries {
      guard let map = MappingReader(field, "the account's keys") else { continue }
      let credentials = Credentials(map)
      let apiURL = map.value("api_url", .apiURL)
      let proxy = map.value("proxy", .proxy)
      let caFile = map["ca_file"]?.resolvedPath()
      map.finish()
      guard let credentials else { continue }
      var account = Account(name: name, credentials: credentials)
      account.apiURL = apiURL ?? account.apiURL
      account.proxy = proxy
      account.caFile = caFile
      accounts.append(account)
    }
    return entries.map(\.name)
  }
}

extension BoxwatchConfiguration.Credentials {
  /// Nil, and a problem, where something is wrong.
  fileprivate init?(_ map: MappingReader) {
    let named: AuthMethod? = map.value("auth", .choice)
    if map.has("auth") && named == nil {
      for key in AuthMethod.allKeys { _ = map[key] }
      return nil
    }
    let method = named ?? AuthMethod(keysOf: map)
    for key in AuthMethod.allKeys where map.has(key) && !method.keys.contains(key) {
      map[key]?.fail("is not for \(method.rawValue), which takes \(method.keys.joined(separator: ", "))")
    }
    switch method {
    case .developerToken:
      guard let token = map.requiredSecret("token", .token) else { return nil }
      self = .developerToken(token)
    case .oauth2:
      let id = map.value("client_id", .clientID)
      self = .oauth2(clientID: id, clientSecret: map.secret("client_secret", .clientSecret))
    case .clientCredentials:
      let id = map.required("client_id", .clientID)
      let secret = map.requiredSecret("client_secret", .clientSecret)
      let subject = Self.subject(map)
      if !map.has("enterprise_id") && !map.has("user_id") {
        map.field.fail("enterprise_id or user_id is missing: the service account's enterprise, or the user to act as")
      }
      guard let id, let secret, let subject else { return nil }
      self = .clientCredentials(clientID: id, clientSecret: secret, subject: subject)
    case .jwt:
      let file = map.required("config_file", .configFile)
      let subject = Self.subject(map)
      let audience = map.value("audience", .url)
      guard let file else { return nil }
      self = .jwt(configFile: map.field.context.resolved(file), subject: subject, audience: audience)
    }
  }

  private static func subject(_ map: MappingReader) -> ClientCredentials.Subject? {
    let enterprise = map.value("enterprise_id", .id)
    let user = map.value("user_id", .id)
    if map.has("enterprise_id"), let field = map["user_id"] {
      field.fail("enterprise_id and user_id exclude each other: the service account, or one user; keep one")
      return nil
    }
    return enterprise.map { .enterprise($0) } ?? user.map { .user($0) }
  }
}

/// The ways to sign in, and the keys of each.
private enum AuthMethod: String, CaseIterable {
  case developerToken = "developer_token"
  case oauth2
  case clientCredentials = "client_credentials"
  case jwt

  static let allKeys = [
    "client_id", "client_secret", "client_secret_file", "enterprise_id", "user_id", "config_file", "audience", "token",
    "token_file",
  ]

  var keys: [String] {
    switch self {
    case .developerToken: ["token", "token_file"]
    case .oauth2: ["client_id", "client_secret", "client_secret_file"]
    case .clientCredentials: ["client_id", "client_secret", "client_secret_file", "enterprise_id", "user_id"]
    case .jwt: ["config_file", "enterprise_id", "user_id", "audience"]
    }
  }

  /// What an account without `auth` means; one without credentials uses what `boxwatch login` stored.
  init(keysOf map: MappingReader) {
    if map.hasSecret("token") {
      self = .developerToken
    } else if map.has("config_file") {
      self = .jwt
    } else if map.has("enterprise_id") || map.has("user_id") {
      self = .clientCredentials
    } else {
      self = .oauth2
    }
  }
}
