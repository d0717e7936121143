/// Scheme, host and port of a URL: what decides where a token may go.
public struct Origin: Hashable, Sendable, CustomStringConvertible {
  public let scheme: String
  public let host: String
  public let port: Int

  /// Nil for text that is no absolute http or https URL, and for one that carries a user name.
  public init?(_ url: some StringProtocol) {
    guard let mark = url.firstRange(of: "://") else { return nil }
    scheme = url[..<mark.lowerBound].lowercased()
    guard scheme == "http" || scheme == "https" else { return nil }
    let authority = url[mark.upperBound...].prefix { !"/?#\\".contains($0) }
    guard !authority.isEmpty, !authority.contains("@"), !authority.contains(where: \.isWhitespace) else { return nil }
    let colon = authority.last == "]" ? nil : authority.lastIndex(of: ":")
    if let colon {
      guard let port = Int(authority[authority.index(after: colon)...]), (1...65_535).contains(port) else { return nil }
      self.port = port
    } else {
      port = scheme == "https" ? 443 : 80
    }
    host = authority[..<(colon ?? authority.endIndex)].lowercased()
    guard !host.isEmpty else { return nil }
  }

  public var description: String {
    let usual = scheme == "https" ? 443 : 80
    return port == usual ? "\(scheme)://\(host)" : "\(scheme)://\(host):\(port)"
  }

  /// Host and port.
  public var authority: String { "\(host):\(port)" }

  /// Whether a bearer token for `api` may be sent here: to the API's own host unless that would go in clear where the
  /// API does not, and over https to Box's real-time servers (CLI.md, "Connecting"; PROTOCOL.md, section 2 "Auth").
  public func mayCarryToken(of api: Origin) -> Bool {
    if host == api.host { return scheme == "https" || api.scheme == "http" }
    guard scheme == "https" else { return false }
    return ["box.com", "box.net"].contains { host == $0 || host.hasSuffix("." + $0) }
  }
}
