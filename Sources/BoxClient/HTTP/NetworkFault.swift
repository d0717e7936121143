/// No answer, or only half of one.
public struct NetworkFault: Error, Sendable, CustomStringConvertible {
  /// What happened, so that a long poll's silence can be told from a broken connection.
  public enum Kind: Sendable, Equatable {
    /// Nothing came for as long as the call's patience allowed.
    case timedOut
    /// There is no connection: refused, no route, no such host, TLS.
    case unreachable
    /// The connection ended before the answer did.
    case broken
    /// The answer exceeds what is taken.
    case tooLarge
    /// The URL is none.
    case invalidURL
    /// The server redirects to where no call is made.
    case redirectRefused
  }

  public let kind: Kind
  public let description: String

  public init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }
}
