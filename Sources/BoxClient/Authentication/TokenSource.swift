/// A way to get access tokens (PROTOCOL.md, section 6).
public protocol TokenSource: Sendable {
  /// Asks for a new token. Throws ``BoxAPIError``, ``NetworkFault`` or ``TokenUnavailable``.
  func newToken() async throws -> AccessToken

  /// How long the end of a program waits for a token that is being asked for (``TokenKeeper/settle(patience:)``).
  var patienceAtEnd: Duration { get }
}

extension TokenSource {
  public var patienceAtEnd: Duration { .seconds(5) }
}

/// There is no further token, and asking again would not help.
public struct TokenUnavailable: Error, Sendable, CustomStringConvertible {
  public let description: String

  public init(_ description: String) {
    self.description = description
  }
}
