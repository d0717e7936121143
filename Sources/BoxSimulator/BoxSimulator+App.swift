extension BoxSimulator {
  /// The app that the token endpoint knows, and what it takes from it (PROTOCOL.md §6). Every nil takes anything.
  public struct App: Sendable {
    public var clientID: String?
    public var clientSecret: String?
    /// The public key of JWT assertions, in PEM form. Nil: signatures are not verified.
    public var publicKey: String?
    /// `kid` of that key.
    public var publicKeyID: String?
    /// The enterprise that authorised the app.
    public var enterpriseID: String?
    /// What `aud` must be, whatever address the simulator has.
    public var audience = "https://api.box.com/oauth2/token"
    /// The redirect URIs that are registered. Empty: any.
    public var redirectURIs: [String] = []
    /// How long an authorization code can be exchanged.
    public var codeLifetime: Duration = .seconds(30)

    public init() {}
  }

  /// A code as the authorization page gives out, for `POST /oauth2/token`.
  public func issueCode() -> String {
    let expiresAt = core.configuration.clock() + core.configuration.app.codeLifetime.microseconds
    return core.withState { $0.tokens.issueCode(expiresAt: expiresAt, using: &$0.random) }
  }

  /// A refresh token that has not been used yet.
  public func issueRefreshToken() -> String {
    core.withState { $0.tokens.issueRefreshToken(to: .init(), using: &$0.random) }
  }

  /// Makes an access or refresh token that was issued here invalid for good.
  public func revoke(_ token: String) {
    core.withState { $0.tokens.revoke(token) }
  }
}
