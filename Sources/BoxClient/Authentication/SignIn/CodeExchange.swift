/// An authorization code for tokens, and their way into the file.
public struct CodeExchange: Sendable {
  private let clientID: String
  private let clientSecret: Secret
  private let apiURL: String
  private let endpoint: TokenEndpoint

  public init(clientID: String, clientSecret: Secret, apiURL: String, transport: any HTTPTransport) {
    self.clientID = clientID
    self.clientSecret = clientSecret
    self.apiURL = apiURL
    endpoint = TokenEndpoint(apiURL: apiURL, transport: transport, budget: CallBudget(callsPerMinute: 0))
  }

  /// Exchanges the code, which lives for 30 seconds, and stores what it brings.
  ///
  /// - Throws: ``BoxAPIError``, ``NetworkFault``, ``SignInError/noRefreshToken``, ``CredentialFileError``.
  public func signIn(_ code: Secret, as account: String, in file: CredentialFile) async throws {
    // A watcher that renews the old tokens in this moment would write over the new ones.
    let held = try await file.lockForRenewal(account)
    defer { withExtendedLifetime(held) {} }
    try file.recover()
    try file.probe()
    let grant = try await endpoint.request {
      [
        ("grant_type", "authorization_code"), ("code", code.revealed), ("client_id", clientID),
        ("client_secret", clientSecret.revealed),
      ]
    }
    guard let refreshToken = grant.refreshToken else { throw SignInError.noRefreshToken }
    var credentials = StoredCredentials(
      clientID: clientID, clientSecret: clientSecret, apiURL: apiURL, accessToken: grant.accessToken.value,
      accessTokenEndsAt: nil, refreshToken: refreshToken)
    credentials.take(grant, obtainedWith: nil, at: WallClock.now)
    try file.store(credentials, for: account)
  }
}
