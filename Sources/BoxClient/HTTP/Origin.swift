/// Scheme, host and port of a URL: what decides where a token may go.
public struct Origin: Hashable, Sendable, CustomStringConvertible {
  public let scheme: String
  public let host: String
  public let port: Int

  /// Nil for text that is no absolute http or https URL, and for one that carries a user name or a host of other
  /// letters than names and addresses have: this and the HTTP library must find the same host in a URL, or the token
  /// goes where nobody looked.
  public init?(_ url: some StringProtocol) {
    // Bytes, not characters: a combining mark behind a `/` makes another character of it.
    let bytes = Array(url.utf8)
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), bytes[(colon + 1)...].starts(with: "//".utf8) else {
      return nil
    }
    scheme = Self.lowercased(bytes[..<colon])
    guard scheme == "http" || scheme == "https" else { return nil }
    let authority = bytes[(colon + 3)...].prefix { !Self.endsAuthority($0) }
    guard let name = Self.host(authority) else { return nil }
    host = Self.lowercased(name)
    let rest = authority[name.endIndex...]
    if rest.isEmpty {
      port = scheme == "https" ? 443 : 80
    } else {
      let digits = rest.dropFirst()
      guard rest.first == UInt8(ascii: ":"), digits.allSatisfy({ (0x30...0x39).contains($0) }),
        let port = Int(Self.lowercased(digits)), (1...65_535).contains(port)
      else { return nil }
      self.port = port
    }
  }

  /// The host at the beginning of an authority, the brackets of an IPv6 address included.
  private static func host(_ authority: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    if authority.first == UInt8(ascii: "[") {
      guard let end = authority.firstIndex(of: UInt8(ascii: "]")) else { return nil }
      let address = authority[..<end].dropFirst()
      return !address.isEmpty && address.allSatisfy(isAddressByte) ? authority[...end] : nil
    }
    let name = authority.prefix { $0 != UInt8(ascii: ":") }
    return !name.isEmpty && name.allSatisfy(isNameByte) ? name : nil
  }

  private static func endsAuthority(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
  }
  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
    default: false
    }
  }
  private static func isAddressByte(_ byte: UInt8) -> Bool { "0123456789abcdefABCDEF:.".utf8.contains(byte) }
  private static func lowercased(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
  }

  public var description: String {
    let usual = scheme == "https" ? 443 : 80
    return port == usual ? "\(scheme)://\(host)" : "\(scheme)://\(host):\(port)"
  }

  /// Whether it is this very machine: `localhost`, an address below 127.0.0.0/8, or `[::1]`.
  public var isLoopback: Bool {
    if host == "localhost" || host == "[::1]" { return true }
    // A name such as 127.example.com is somebody else's.
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
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
