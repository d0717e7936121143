/// What can be asked of the simulator, by the names that statistics and faults use.
public enum Endpoint: String, Sendable, Hashable, CaseIterable {
  /// POST /oauth2/token
  case token
  /// GET /api/oauth2/authorize
  case authorize
  /// OPTIONS /2.0/events
  case options
  /// GET /2.0/events
  case events
  /// GET /realtime/subscribe
  case realtime
  /// GET /2.0/users/me
  case usersMe = "users_me"
  /// Everything under /_simulator
  case control
  /// Any other path
  case unknown

  /// The endpoints that Box has too.
  static let ofBox: Set<Endpoint> = [.token, .options, .events, .realtime, .usersMe]

  /// Whether a bearer token stands for a caller there.
  var isOfAPI: Bool { [.options, .events, .usersMe].contains(self) }
}
