import BoxClient
import NIOHTTP1

extension GuardedRequest {
  /// Headers that describe the message itself: sent twice or wrong, they make two requests of one.
  private static let own: Set<String> = [
    "host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "keep-alive",
    "proxy-connection", "expect",
  ]
  /// What may go to another host after a redirect. Nobody knows what else stands for a password somewhere.
  private static let harmless: Set<String> = [
    "accept", "accept-language", "content-type", "idempotency-key", "user-agent",
  ]

  func checkedMethod() throws(GuardedHTTPError) -> HTTPMethod {
    guard !method.isEmpty, method.utf8.allSatisfy({ (0x41...0x5A).contains($0) }), method != "CONNECT" else {
      throw GuardedHTTPError(.badRequest, "\(QuotedPath.of(method)) is no method; use GET, POST, PUT, PATCH or DELETE")
    }
    return HTTPMethod(rawValue: method)
  }

  /// The headers as they go to the first host.
  func checkedHeaders(for origin: Origin) throws(GuardedHTTPError) -> HTTPHeaders {
    var checked = HTTPHeaders()
    for header in headers {
      guard !header.name.isEmpty, header.name.utf8.allSatisfy(Self.isTokenByte) else {
        throw GuardedHTTPError(
          .badRequest, "\(QuotedPath.of(header.name)) is no header's name; use letters, digits and hyphens")
      }
      guard !Self.own.contains(header.name.lowercased()) else {
        throw GuardedHTTPError(.badRequest, "the header \(header.name) is set by boxwatch itself; leave it out")
      }
      checked.add(name: header.name, value: try value(of: header, for: origin))
    }
    if !checked.contains(name: "user-agent") { checked.add(name: "user-agent", value: "boxwatch") }
    return checked
  }

  private func value(of header: Header, for origin: Origin) throws(GuardedHTTPError) -> String {
    var value = ""
    for part in header.parts {
      switch part {
      case .text(let text): value += text
      case .secret(let secret):
        guard secret.mayGo(to: origin) else {
          throw GuardedHTTPError(
            .secretNotForHost,
            "the secret in the header \(header.name) is not for \(origin.host); add the host to the secret's `hosts`")
        }
        value += secret.value.revealed
      }
    }
    guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
      throw GuardedHTTPError(
        .badRequest,
        "the value of the header \(header.name) has a line break or another control character; leave it out")
    }
    return value
  }

  /// Headers for another host than the one that they were meant for.
  static func withoutSecrets(_ headers: HTTPHeaders) -> HTTPHeaders {
    HTTPHeaders(headers.filter { harmless.contains($0.name.lowercased()) }.map { ($0.name, $0.value) })
  }

  /// RFC 9110, section 5.6.2.
  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }
}
