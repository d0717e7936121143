import Hummingbird

/// Why the token endpoint refuses, in OAuth's words (RFC 6749 §5.2) and Box's.
struct GrantRefusal: Error {
  let error: String
  let description: String

  init(_ error: String, _ description: String) {
    self.error = error
    self.description = description
  }

  static let client = GrantRefusal("invalid_client", "The client credentials are invalid")
  static let grant = GrantRefusal("invalid_grant", "Grant credentials are invalid")
}

extension SimulatorResponder {
  /// POST /oauth2/token: the grants that Box knows (PROTOCOL.md §6).
  func token(_ request: Request) async -> Answer {
    guard let body = try? await request.body.collect(upTo: 64 << 10) else {
      return .oauthError("invalid_request", "The request body cannot be read")
    }
    return grant(RequestTarget.form(body.readableBytesView))
  }

  private func grant(_ form: [String: String]) -> Answer {
    do {
      switch form["grant_type"] {
      case "client_credentials": return try clientCredentials(form)
      case "urn:ietf:params:oauth:grant-type:jwt-bearer": return try assertion(form)
      case "authorization_code": return try authorizationCode(form)
      case "refresh_token": return try refreshToken(form)
      default: return .oauthError("unsupported_grant_type", "Unrecognized \"grant_type\" parameter")
      }
    } catch {
      return .oauthError(error.error, error.description)
    }
  }

  private func checkClient(_ form: [String: String]) throws(GrantRefusal) {
    let app = core.configuration.app
    guard let client = form["client_id"], !client.isEmpty, let secret = form["client_secret"], !secret.isEmpty,
      app.clientID == nil || client == app.clientID, app.clientSecret == nil || secret == app.clientSecret
    else { throw .client }
  }

  private func clientCredentials(_ form: [String: String]) throws(GrantRefusal) -> Answer {
    try checkClient(form)
    guard let id = form["box_subject_id"], !id.isEmpty else { throw .grant }
    return issue(try subject(form["box_subject_type"], id), refreshing: false)
  }

  private func assertion(_ form: [String: String]) throws(GrantRefusal) -> Answer {
    try checkClient(form)
    let app = core.configuration.app
    let now = core.configuration.clock() / 1_000_000
    let claims = try AssertionVerifier(app: app).claims(of: form["assertion"] ?? "", now: now)
    if let client = app.clientID ?? form["client_id"], claims.issuer != client {
      throw GrantRefusal("invalid_grant", "Please check the 'iss' claim")
    }
    guard core.withState({ $0.tokens.useAssertion(claims.id) }) else {
      throw GrantRefusal("invalid_grant", "Please check the 'jti' claim: it must be unique")
    }
    return issue(try subject(claims.subjectType, claims.subject), refreshing: false)
  }

  /// The enterprise's service account, or a user.
  private func subject(_ type: String?, _ id: String) throws(GrantRefusal) -> TokenBook.Subject {
    switch type {
    case "enterprise":
      if let known = core.configuration.app.enterpriseID, known != id { throw .grant }
      return TokenBook.Subject()
    case "user": return TokenBook.Subject(user: id)
    default: throw .grant
    }
  }

  private func authorizationCode(_ form: [String: String]) throws(GrantRefusal) -> Answer {
    try checkClient(form)
    let now = core.configuration.clock()
    guard let code = form["code"], core.withState({ $0.tokens.useCode(code, at: now) }) else {
      throw GrantRefusal("invalid_grant", "The authorization code has expired")
    }
    return issue(.init(), refreshing: true)
  }

  private func refreshToken(_ form: [String: String]) throws(GrantRefusal) -> Answer {
    try checkClient(form)
    guard let token = form["refresh_token"], let subject = core.withState({ $0.tokens.useRefreshToken(token) }) else {
      throw GrantRefusal("invalid_grant", "Refresh token has expired")
    }
    return issue(subject, refreshing: true)
  }

  /// - Parameter refreshing: whether a refresh token comes along.
  private func issue(_ subject: TokenBook.Subject, refreshing: Bool) -> Answer {
    let lifetime = core.configuration.tokenLifetime
    let expiresAt = core.configuration.clock() + lifetime.microseconds
    let (token, refresh) = core.withState { state in
      (
        state.tokens.issue(to: subject, expiresAt: expiresAt, using: &state.random),
        refreshing ? state.tokens.issueRefreshToken(to: subject, using: &state.random) : nil
      )
    }
    let member = refresh.map { #","refresh_token":"\#($0)""# } ?? ""
    return .json(
      #"{"access_token":"\#(token)","expires_in":\#(lifetime.components.seconds)\#(member),"restricted_to":[],"#
        + #""token_type":"bearer"}"#)
  }

  /// GET /api/oauth2/authorize: where Box asks its user, the simulator says yes at once.
  func authorize(_ target: RequestTarget) -> Answer {
    let app = core.configuration.app
    guard target["response_type"] == "code", let client = target["client_id"], !client.isEmpty,
      app.clientID == nil || client == app.clientID
    else {
      return .oauthError("invalid_client", "The client_id or the response_type is not right")
    }
    guard let redirect = target["redirect_uri"], app.redirectURIs.isEmpty || app.redirectURIs.contains(redirect) else {
      return .oauthError("redirect_uri_mismatch", "The redirect URI is not registered for this app")
    }
    let expiresAt = core.configuration.clock() + app.codeLifetime.microseconds
    let code = core.withState { $0.tokens.issueCode(expiresAt: expiresAt, using: &$0.random) }
    var location = redirect + (redirect.contains("?") ? "&" : "?") + "code=\(code)"
    if let state = target["state"] { location += "&state=" + Self.escaped(state) }
    var answer = Answer(status: .found)
    answer.headers.set("location", location)
    return answer
  }

  /// As a query's value (RFC 3986 §2.3).
  private static func escaped(_ text: String) -> String {
    text.utf8.map { byte in
      let isPlain =
        byte < 0x80 && (Character(Unicode.Scalar(byte)).isLetter || Character(Unicode.Scalar(byte)).isNumber)
      return isPlain ? String(Unicode.Scalar(byte)) : (byte < 16 ? "%0" : "%") + String(byte, radix: 16)
    }.joined()
  }
}
