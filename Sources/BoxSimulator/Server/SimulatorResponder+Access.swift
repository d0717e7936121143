import Hummingbird

extension SimulatorResponder {
  /// Who asks: nil is the account itself, otherwise the user whose own stream is meant. The outer nil is a 401.
  func caller(_ request: Request) -> TokenBook.Subject? {
    guard let token = bearerToken(in: request.headers[.authorization]) else { return nil }
    let now = core.configuration.clock()
    guard var subject = core.withState({ $0.tokens.subject(of: token, at: now) }) else { return nil }
    if let user = request.headers.text("as-user") { subject.user = user }
    return subject
  }

  /// POST /oauth2/token: the client credentials grant (PROTOCOL.md §6, CCG).
  func token(_ request: Request) async -> Answer {
    guard let body = try? await request.body.collect(upTo: 64 << 10) else {
      return .oauthError("invalid_request", "The request body cannot be read")
    }
    let form = RequestTarget.form(String(buffer: body))
    guard form["grant_type"] == "client_credentials" else {
      return .oauthError("unsupported_grant_type", "Unrecognized \"grant_type\" parameter")
    }
    guard let client = form["client_id"], !client.isEmpty, let secret = form["client_secret"], !secret.isEmpty else {
      return .oauthError("invalid_client", "The client credentials are invalid")
    }
    if let expected = core.configuration.clientSecret, secret != expected {
      return .oauthError("invalid_client", "The client credentials are invalid")
    }
    guard let subjectId = form["box_subject_id"], !subjectId.isEmpty else {
      return .oauthError("invalid_grant", "Grant credentials are invalid")
    }
    let subject: TokenBook.Subject
    switch form["box_subject_type"] {
    case "enterprise": subject = TokenBook.Subject()
    case "user": subject = TokenBook.Subject(user: subjectId)
    default: return .oauthError("invalid_grant", "Grant credentials are invalid")
    }
    let lifetime = core.configuration.tokenLifetime
    let expiresAt = core.configuration.clock() + lifetime.microseconds
    let token = core.withState { $0.tokens.issue(to: subject, expiresAt: expiresAt, using: &$0.random) }
    return .json(
      #"{"access_token":"\#(token)","expires_in":\#(lifetime.components.seconds),"restricted_to":[],"#
        + #""token_type":"bearer"}"#)
  }

  /// GET /2.0/users/me
  func currentUser(_ request: Request) -> Answer {
    guard let caller = caller(request) else { return .unauthorized }
    return .json(core.withState { $0.generator.userJSON(caller.user) })
  }
}
