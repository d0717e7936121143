import BoxClient

/// An http or https URL, split where it matters: where the request goes, and what it asks for there.
struct HTTPLocation: Sendable, Hashable {
  let origin: Origin
  /// Path and query, beginning with `/`.
  let target: String

  /// - Throws: for text that is no such URL, carries a user name, or has characters that a URL has not.
  init(_ url: String) throws(GuardedHTTPError) {
    guard let origin = Origin(url) else {
      throw GuardedHTTPError(
        .badURL, "the URL \(Self.place(url)) cannot be used; write https://host/path, without a user name in it")
    }
    guard url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw GuardedHTTPError(
        .badURL, "the URL of \(origin) has a space, a control character or a letter beyond ASCII; percent-encode it")
    }
    self.origin = origin
    // The authority ends at the first of these behind "://".
    let authority = url.utf8.drop { $0 != UInt8(ascii: ":") }.dropFirst(3)
    let rest = authority.drop { !"/?#".utf8.contains($0) }.prefix { $0 != UInt8(ascii: "#") }
    let text = String(Substring(rest))
    target = text.hasPrefix("/") ? text : "/" + text
  }

  private init(origin: Origin, target: String) {
    self.origin = origin
    self.target = target
  }

  /// The URL, its host spelled as `origin` has it: the HTTP library must find the name that was checked.
  var url: String { origin.description + target }

  /// Where a `Location` leads from here (RFC 3986, section 5.2, without the removal of dots, which servers do).
  func following(_ location: String) throws(GuardedHTTPError) -> HTTPLocation {
    let next: String
    if location.utf8.starts(with: "//".utf8) {
      next = origin.scheme + ":" + location
    } else if location.utf8.starts(with: "/".utf8) {
      next = origin.description + location
    } else if Self.hasScheme(location) {
      next = location
    } else {
      let path = target.prefix { $0 != "?" }
      let base =
        location.hasPrefix("?") || location.isEmpty ? path[...] : path[...(path.lastIndex(of: "/") ?? path.startIndex)]
      next = origin.description + base + location
    }
    guard let place = try? HTTPLocation(next) else {
      throw GuardedHTTPError(.redirectRefused, "\(origin) redirects to what is no http or https URL")
    }
    guard place.origin.scheme == "https" || origin.scheme == "http" else {
      throw GuardedHTTPError(
        .redirectRefused, "\(origin) redirects to \(place.origin), which is not followed: it leaves https")
    }
    return place
  }

  /// Whether what is secret may go from one to the other: the same host and port, or the same host over https instead.
  func sharesSecrets(with next: HTTPLocation) -> Bool {
    guard origin.host == next.origin.host else { return false }
    return origin.port == next.origin.port || (origin.port == 80 && next.origin.port == 443)
  }

  private static func hasScheme(_ text: String) -> Bool {
    let scheme = text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
    return !scheme.isEmpty && text[scheme.endIndex...].first == ":"
  }

  /// The beginning of a URL, for a message: what stands behind may be a secret.
  private static func place(_ url: String) -> String {
    let scheme = url.prefix { $0 != ":" }
    return QuotedPath.of(String(scheme.prefix(16)) + "…")
  }
}
