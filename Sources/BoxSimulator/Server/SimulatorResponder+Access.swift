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

  /// Whether a known caller asks for what is withheld.
  func isForbidden(_ request: Request, _ target: RequestTarget) -> Bool {
    let withheld = core.configuration.withheld
    guard !withheld.isEmpty, caller(request) != nil else { return false }
    if withheld.contains(.asUser), request.headers.text("as-user") != nil { return true }
    let type = target["stream_type"].flatMap(StreamType.init(rawValue:))
    return withheld.contains(.enterpriseEvents) && type?.isEnterprise == true
  }

  /// GET /2.0/users/me
  func currentUser(_ request: Request) -> Answer {
    guard let caller = caller(request) else { return .unauthorized }
    return .json(core.withState { $0.generator.userJSON(caller.user) })
  }
}
