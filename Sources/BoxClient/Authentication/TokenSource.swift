/// A way to get access tokens (PROTOCOL.md, section 6).
public protocol TokenSource: Sendable {
  /// Asks for a new token. Throws ``BoxAPIError``, ``NetworkFault`` or ``TokenUnavailable``.
  func newToken() async throws -> AccessToken
}

/// There is no further token, and asking again would not help.
public struct TokenUnavailable: Error, Sendable, CustomStringConvertible {
  public let description: String

  public init(_ description: String) {
    self.description = description
  }
}
