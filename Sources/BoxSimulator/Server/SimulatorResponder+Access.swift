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

  /// GET /2.0/users/me
  func currentUser(_ request: Request) -> Answer {
    guard let caller = caller(request) else { return .unauthorized }
    return .json(core.withState { $0.generator.userJSON(caller.user) })
  }
}
