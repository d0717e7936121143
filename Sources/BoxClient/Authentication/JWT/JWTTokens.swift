import Synchronization

/// Server authentication with a signed assertion: as the enterprise's service account or as one of its users
/// (PROTOCOL.md, section 6 "JWT").
public final class JWTTokens: TokenSource {
  private let assertion: JWTAssertion
  private let endpoint: TokenEndpoint
  /// Seconds by which the server's clock is ahead of ours, once it has complained.
  private let skew = Mutex<Int64>(0)

  /// - Parameters:
  ///   - subject: nil for the enterprise that the file names.
  ///   - audience: nil for Box's own token endpoint.
  /// - Throws: ``JWTConfigurationError`` where neither names a subject.
  public init(
    _ configuration: JWTConfiguration, subject: ClientCredentials.Subject? = nil, audience: String? = nil,
    endpoint: TokenEndpoint
  ) throws {
    guard let subject = subject ?? configuration.enterpriseID.map(ClientCredentials.Subject.enterprise) else {
      throw JWTConfigurationError(
        "JWT", "the file of the developer console names no enterprise, and nothing says which user is meant",
        advice: "Set BOX_ENTERPRISE_ID or BOX_USER_ID, or enterprise_id or user_id of the account.")
    }
    assertion = JWTAssertion(
      configuration: configuration, subject: subject, audience: audience ?? JWTAssertion.boxAudience)
    self.endpoint = endpoint
  }

  public func newToken() async throws -> AccessToken {
    do {
      return try await request()
    } catch let refusal as BoxAPIError where Self.blamesTime(refusal) {
      // The server's clock is the one that counts. A further refusal is final.
      if let server = refusal.serverTime {
        skew.withLock { $0 = server.seconds - WallClock.now.seconds }
      }
      return try await request()
    }
  }

  private func request() async throws -> AccessToken {
    let configuration = assertion.configuration
    return try await endpoint.request {
      [
        ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
        ("assertion", try assertion.signed(now: WallClock.now.seconds + skew.withLock { $0 })),
        ("client_id", configuration.clientID), ("client_secret", configuration.clientSecret.revealed),
      ]
    }.accessToken
  }

  /// Whether another assertion, made by the server's clock, may be taken: Box complains of `exp`, of a `jti` that was
  /// used, or of the current date and time.
  private static func blamesTime(_ refusal: BoxAPIError) -> Bool {
    guard refusal.status == 400, refusal.code == "invalid_grant" || refusal.code == "invalid_request" else {
      return false
    }
    let text = refusal.message?.lowercased() ?? ""
    let words = text.split { !$0.isLetter }
    return words.contains("exp") || words.contains("jti") || words.contains("nbf") || text.contains("current date")
      || text.contains("date/time") || text.contains("expir")
  }
}
