/// A way in which the simulated Box misbehaves (CLI.md, "simulate"). None of them takes an event out of the history:
/// a client that follows the protocol loses nothing.
public enum FaultKind: String, Sendable, Hashable, CaseIterable {
  /// The real-time server answers `reconnect` at once.
  case reconnect
  /// The real-time server answers `max_retries` at once.
  case maxRetries = "max_retries"
  /// No answer, until the client hangs up.
  case stall
  /// The connection is closed without an answer.
  case drop
  /// The body ends in the middle and the connection is closed; `content-length` promised more.
  case truncate
  /// 200 with a page of HTML.
  case html
  /// 429 with `Retry-After: 1`.
  case tooManyRequests = "429"
  /// 500 with Box's error body.
  case serverError = "500"
  /// 503 with Box's error body.
  case unavailable = "503"
  /// Events of earlier pages come again.
  case duplicate
  /// A page's events are shuffled; the position is not touched.
  case reorder
  /// A page without events and with position 0.
  case emptyZeroPosition = "empty_zero_position"
  /// 401; a token that this server issued is revoked.
  case expireToken = "expire_token"
  /// The answer comes late (2 s unless configured otherwise).
  case slow

  /// The endpoints on which the fault can happen.
  public var endpoints: Set<Endpoint> {
    switch self {
    case .reconnect, .maxRetries: [.realtime]
    case .stall: [.events, .realtime]
    case .duplicate, .reorder, .emptyZeroPosition: [.events]
    case .expireToken: [.events, .options, .usersMe]
    case .drop, .truncate, .html, .tooManyRequests, .serverError, .unavailable, .slow: Endpoint.ofBox
    }
  }

  /// Every kind's name, for messages.
  static var names: String {
    allCases.map(\.rawValue).joined(separator: ", ")
  }
}
