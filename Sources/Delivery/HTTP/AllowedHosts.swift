import BoxClient

/// The hosts that requests may go to: `hooks.example.com`, `*.internal.example` (every host below it), `127.0.0.1`,
/// `[::1]`, each with `:port` or for any port.
public struct AllowedHosts: Sendable, Hashable {
  /// How a host is allowed.
  enum Permission {
    case refused
    /// By a pattern: its addresses must be public.
    case byPattern
    /// By its very name: its addresses are the user's own business.
    case byName
  }

  private struct Pattern: Hashable {
    /// The host as `Origin` spells it, or the `.internal.example` of a wildcard.
    let host: String
    let isWildcard: Bool
    let port: Int?
  }

  private let patterns: [Pattern]

  /// - Throws: for a pattern that is none, with what to write instead.
  public init(_ patterns: [String]) throws(InvalidHostPattern) {
    var read: [Pattern] = []
    for pattern in patterns { read.append(try Self.read(pattern)) }
    self.patterns = read
  }

  /// The host and port of a URL that the user configured, and no other.
  public init(url: String) throws(GuardedHTTPError) {
    let origin = try HTTPLocation(url).origin
    patterns = [Pattern(host: Self.normalized(origin.host), isWildcard: false, port: origin.port)]
  }

  func permission(for origin: Origin) -> Permission {
    let host = Self.normalized(origin.host)
    let matching = patterns.filter { pattern in
      guard pattern.port == nil || pattern.port == origin.port else { return false }
      guard pattern.isWildcard else { return host == pattern.host }
      return host.hasSuffix(pattern.host) && host.utf8.count > pattern.host.utf8.count
    }
    if matching.isEmpty { return .refused }
    return matching.contains { !$0.isWildcard } ? .byName : .byPattern
  }

  private static func read(_ text: String) throws(InvalidHostPattern) -> Pattern {
    if text.hasPrefix("*.") {
      // What `Origin` reads behind a label is a host.
      guard let origin = Origin("http://a" + text.dropFirst()), isBare(text), origin.host.utf8.count > 2 else {
        throw InvalidHostPattern(text)
      }
      return Pattern(host: String(origin.host.dropFirst()), isWildcard: true, port: port(origin, text))
    }
    // An IPv6 address without its brackets has colons of its own.
    if !text.hasPrefix("["), let address = IPAddress(text), address.bytes.count == 16 {
      return Pattern(host: normalized("[\(text)]"), isWildcard: false, port: nil)
    }
    guard let origin = Origin("http://" + text), isBare(text) else { throw InvalidHostPattern(text) }
    return Pattern(host: normalized(origin.host), isWildcard: false, port: port(origin, text))
  }

  private static func isBare(_ text: String) -> Bool { !text.utf8.contains { "/?#".utf8.contains($0) } }

  /// The port that was written, the usual one too.
  private static func port(_ origin: Origin, _ text: String) -> Int? {
    text.hasSuffix(":\(origin.port)") && !text.hasSuffix("]") ? origin.port : nil
  }

  /// One spelling of an IPv6 address.
  private static func normalized(_ host: String) -> String {
    guard host.hasPrefix("["), let address = IPAddress(host.dropFirst().dropLast()) else { return host }
    return "[\(address)]"
  }
}

/// A pattern of `allow: http` that is none.
public struct InvalidHostPattern: Error, Sendable, Hashable, CustomStringConvertible {
  /// The pattern as it was written.
  public let pattern: String

  init(_ pattern: String) {
    self.pattern = pattern
  }

  public var description: String {
    "\(QuotedPath.of(pattern)) names no host; write hooks.example.com, *.internal.example, 127.0.0.1 or [::1],"
      + " with :port where only that is meant, and without https://"
  }
}
