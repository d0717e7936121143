import Synchronization

/// The tokens that `boxwatch login` stored, renewed with refresh tokens that are good for one use each (PROTOCOL.md,
/// section 6 "OAuth2 refresh").
///
/// A new pair is on the disk before its access token is used. One process at a time renews; the others find what it
/// got in the file.
public final class RefreshingTokens: TokenSource {
  private struct State {
    /// The access token that was handed out last: when another is asked for, that one has ended or was refused.
    var handedOut: Secret?
    /// What the API granted and the disk would not take. The file holds a refresh token that is used up.
    var unsaved: StoredCredentials?
  }

  private let account: String
  private let file: CredentialFile
  private let apiURL: String
  private let clientSecret: Secret?
  private let endpoint: TokenEndpoint
  private let state = Mutex(State())

  /// A stored token with less to live is renewed at once.
  private static let leastLifetime = Duration.seconds(60)

  /// A refresh token that was sent is used up, whether or not its answer is heard: worth more of a wait than a token
  /// that can be had again. Together with `--grace` it stays below the
  /// unit's `TimeoutStopSec`.
  public var patienceAtEnd: Duration { .seconds(15) }

  /// - Parameters:
  ///   - apiURL: the API that is called. Tokens of another one are not used.
  ///   - clientSecret: in place of the stored one, which it replaces once the API has taken it.
  public init(
    account: String, file: CredentialFile, apiURL: String, clientSecret: Secret? = nil, endpoint: TokenEndpoint
  ) {
    self.account = account
    self.file = file
    self.apiURL = apiURL
    self.clientSecret = clientSecret
    self.endpoint = endpoint
  }

  public func newToken() async throws -> AccessToken {
    let held = try await file.lockForRenewal(account)
    defer { withExtendedLifetime(held) {} }
    try file.recover()
    let stored = try current()
    if let token = usable(stored) { return token }
    try file.probe()
    return try await renewed(stored)
  }

  private func current() throws -> StoredCredentials {
    if let unsaved = state.withLock({ $0.unsaved }) {
      try file.store(unsaved, for: account)
      state.withLock { $0.unsaved = nil }
      return unsaved
    }
    guard let stored = try file.credentials(of: account) else {
      throw TokenUnavailable("\(file.path) holds nothing for the account \(account) any more. \(advice)")
    }
    guard Origin(stored.apiURL) == Origin(apiURL) else {
      throw TokenUnavailable("the tokens of \(account) are from \(stored.apiURL), not from \(apiURL). \(advice)")
    }
    return stored
  }

  /// The stored access token, unless it is the one that has ended or was refused.
  private func usable(_ stored: StoredCredentials) -> AccessToken? {
    let lifetime = stored.lifetime(at: WallClock.now)
    return state.withLock { state in
      guard stored.accessToken != state.handedOut, lifetime.map({ $0 >= Self.leastLifetime }) ?? true else {
        return nil
      }
      state.handedOut = stored.accessToken
      return AccessToken(stored.accessToken, lifetime: lifetime)
    }
  }

  private func renewed(_ stored: StoredCredentials) async throws -> AccessToken {
    let (grant, used) = try await grant(stored)
    var stored = stored
    stored.take(grant, obtainedWith: used, at: WallClock.now)
    // The API took it, so the one before is of no use any more, to no process.
    if let clientSecret { stored.clientSecret = clientSecret }
    state.withLock { $0.unsaved = stored }
    try file.store(stored, for: account)
    state.withLock { state in
      state.unsaved = nil
      state.handedOut = stored.accessToken
    }
    return grant.accessToken
  }

  /// Asks with the refresh token that is stored, and where it is used up already with the one before it: whichever of
  /// the two the API still takes.
  private func grant(_ stored: StoredCredentials) async throws -> (TokenGrant, Secret) {
    do {
      return (try await grant(stored, with: stored.refreshToken), stored.refreshToken)
    } catch let refusal as BoxAPIError where refusal.code == "invalid_grant" {
      for token in try others(than: stored.refreshToken, in: stored) {
        if let grant = try await grantUnlessRefused(stored, with: token) { return (grant, token) }
      }
      throw AuthenticationFailed(
        refusal: refusal, advice: "The sign-in has ended: refresh tokens live for 60 days, each for one use. \(advice)")
    }
  }

  private func grantUnlessRefused(_ stored: StoredCredentials, with token: Secret) async throws -> TokenGrant? {
    do {
      return try await grant(stored, with: token)
    } catch let refusal as BoxAPIError where refusal.code == "invalid_grant" {
      return nil
    }
  }

  /// What the file holds by now, should somebody have put another file in its place, and the one before.
  private func others(than refused: Secret, in stored: StoredCredentials) throws -> [Secret] {
    let now = try file.credentials(of: account).flatMap { Origin($0.apiURL) == Origin(apiURL) ? $0 : nil }
    return [now?.refreshToken, stored.previousRefreshToken].compactMap(\.self).filter { $0 != refused }
  }

  private func grant(_ stored: StoredCredentials, with token: Secret) async throws -> TokenGrant {
    try await endpoint.request {
      [
        ("grant_type", "refresh_token"), ("refresh_token", token.revealed), ("client_id", stored.clientID),
        ("client_secret", (clientSecret ?? stored.clientSecret).revealed),
      ]
    }
  }

  private var advice: String {
    "Sign in again: boxwatch login --account \(account), with the same state directory."
  }
}
