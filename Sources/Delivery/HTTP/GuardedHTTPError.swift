import BoxClient

/// A request that was not made, or brought no answer.
public struct GuardedHTTPError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Kind: Sendable, Hashable {
    /// The URL cannot be used.
    case badURL
    /// The method or a header cannot be sent.
    case badRequest
    /// The host is not in the configuration's list.
    case hostNotAllowed
    /// The host has an address that is not of the public network.
    case addressRefused
    /// A secret is bound to other hosts.
    case secretNotForHost
    /// The server redirects to where no request is made.
    case redirectRefused
    /// The answer exceeds what is taken.
    case answerTooLarge
    /// No answer came in time.
    case timedOut
    /// There is no connection, or no such host.
    case unreachable
    /// The connection ended before the answer did.
    case broken
    /// The task was cancelled.
    case cancelled
  }

  public let kind: Kind
  /// What was wrong, where, and what to do. It names the host alone: the rest of a URL may be secret.
  public let description: String

  init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }

  /// Whether the same request may succeed later without anybody changing a rule or the configuration.
  public var passes: Bool { [.timedOut, .unreachable, .broken, .cancelled].contains(kind) }

  init(_ fault: NetworkFault, at origin: Origin) {
    let kind: Kind =
      switch fault.kind {
      case .timedOut: .timedOut
      case .unreachable: .unreachable
      case .broken: .broken
      case .tooLarge: .answerTooLarge
      case .invalidURL: .badURL
      case .redirectRefused: .redirectRefused
      }
    self.init(kind, "\(origin): \(fault.description)")
  }
}
