/// What `boxwatch login` stored for an account: the app, the API that issued the tokens, and the tokens.
public struct StoredCredentials: Sendable, Equatable {
  public var clientID: String
  public var clientSecret: Secret
  /// The API that issued the tokens, and the only one that gets them: scheme, host and port.
  public var apiURL: String
  public var accessToken: Secret
  /// When the access token ends, in seconds since 1970; nil where the API did not say.
  public var accessTokenEndsAt: Int64?
  /// Good for one use.
  public var refreshToken: Secret
  /// The one before it, which was used to get this one.
  public var previousRefreshToken: Secret?

  init(
    clientID: String, clientSecret: Secret, apiURL: String, accessToken: Secret, accessTokenEndsAt: Int64?,
    refreshToken: Secret, previousRefreshToken: Secret? = nil
  ) {
    self.clientID = clientID
    self.clientSecret = clientSecret
    self.apiURL = apiURL
    self.accessToken = accessToken
    self.accessTokenEndsAt = accessTokenEndsAt
    self.refreshToken = refreshToken
    self.previousRefreshToken = previousRefreshToken
  }

  /// How long the access token still lives; nil where nobody knows.
  func lifetime(at now: Timestamp) -> Duration? {
    accessTokenEndsAt.map { .seconds($0 - now.seconds) }
  }

  /// The tokens of a grant in place of the old ones.
  mutating func take(_ grant: TokenGrant, obtainedWith used: Secret?, at now: Timestamp) {
    accessToken = grant.accessToken.value
    accessTokenEndsAt = grant.accessToken.lifetime.map { now.seconds + $0.components.seconds }
    guard let new = grant.refreshToken else { return }
    previousRefreshToken = used
    refreshToken = new
  }
}

extension StoredCredentials: Codable {
  private enum CodingKeys: String, CodingKey {
    case clientID = "client_id"
    case clientSecret = "client_secret"
    case apiURL = "api_url"
    case accessToken = "access_token"
    case accessTokenEndsAt = "expires_at"
    case refreshToken = "refresh_token"
    case previousRefreshToken = "previous_refresh_token"
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      clientID: try container.decode(String.self, forKey: .clientID),
      clientSecret: Secret(try container.decode(String.self, forKey: .clientSecret)),
      apiURL: try container.decode(String.self, forKey: .apiURL),
      accessToken: Secret(try container.decode(String.self, forKey: .accessToken)),
      accessTokenEndsAt: try container.decodeIfPresent(Int64.self, forKey: .accessTokenEndsAt),
      refreshToken: Secret(try container.decode(String.self, forKey: .refreshToken)),
      previousRefreshToken: try container.decodeIfPresent(String.self, forKey: .previousRefreshToken).map { Secret($0) }
    )
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(clientID, forKey: .clientID)
    try container.encode(clientSecret.revealed, forKey: .clientSecret)
    try container.encode(apiURL, forKey: .apiURL)
    try container.encode(accessToken.revealed, forKey: .accessToken)
    try container.encodeIfPresent(accessTokenEndsAt, forKey: .accessTokenEndsAt)
    try container.encode(refreshToken.revealed, forKey: .refreshToken)
    try container.encodeIfPresent(previousRefreshToken?.revealed, forKey: .previousRefreshToken)
  }
}
