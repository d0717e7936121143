import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension NetworkFault {
  /// What the HTTP library threw, in words for a person.
  package init(_ error: any Error, at place: Origin?) {
    switch error {
    case let fault as NetworkFault:
      self = fault
    case let error as HTTPClientError:
      self.init(error)
    case let error as NIOConnectionError:
      self.init(.unreachable, Self.text(of: error))
    case let error as IOError where Self.meansUnreachable(error):
      self.init(.unreachable, "cannot connect to \(place?.authority ?? "the server"): \(Self.text(of: error))")
    case let error as IOError:
      self.init(.broken, "the connection failed: \(Self.text(of: error))")
    case is HTTPParserError:
      self.init(.broken, "the connection ended before the answer did")
    case ChannelError.connectTimeout:
      self.init(.unreachable, "no connection within 15 s")
    default:
      let text = String(describing: error)
      if let reason = Self.handshakeFailure(text) {
        self.init(.unreachable, "no secure connection to \(place?.authority ?? "the server"): \(reason)")
      } else {
        self.init(.broken, Excerpt.of(text))
      }
    }
  }

  /// Why TLS failed, from a text with numbers and source files around it; nil for every other error. The type of that
  /// error is no affair of this target.
  private static func handshakeFailure(_ text: String) -> String? {
    guard text.hasPrefix("handshakeFailed") else { return nil }
    let code = text.firstRange(of: "OPENSSL_internal:").map { mark in
      text[mark.upperBound...].prefix { $0 == "_" || $0.isLetter || $0.isNumber }
    }
    guard let code, !code.isEmpty else { return "the TLS handshake failed" }
    return "TLS says \(String(code.map { $0 == "_" ? " " : $0 }).lowercased())"
  }

  private init(_ error: HTTPClientError) {
    switch error {
    case .readTimeout: self.init(.timedOut, "no byte came for as long as a call may wait")
    case .deadlineExceeded: self.init(.timedOut, "no answer came in time")
    case .connectTimeout: self.init(.unreachable, "no connection within 15 s")
    case .tlsHandshakeTimeout: self.init(.unreachable, "the TLS handshake took too long")
    case .getConnectionFromPoolTimeout: self.init(.unreachable, "no connection could be made")
    case .remoteConnectionClosed: self.init(.broken, "the server closed the connection without an answer")
    case .invalidURL, .emptyHost, .emptyScheme: self.init(.invalidURL, "the URL cannot be used")
    default: self.init(.broken, "the request failed: \(error.shortDescription)")
    }
  }

  private static func text(of error: NIOConnectionError) -> String {
    let place = "\(error.host):\(error.port)"
    if let reason = error.connectionErrors.first.flatMap({ $0.error as? IOError }) {
      return "cannot connect to \(place): \(text(of: reason))"
    }
    if error.dnsAError != nil || error.dnsAAAAError != nil { return "cannot find the host \(error.host)" }
    return "cannot connect to \(place)"
  }

  private static func text(of error: IOError) -> String {
    String(cString: strerror(error.errnoCode)).lowercased()
  }

  private static func meansUnreachable(_ error: IOError) -> Bool {
    [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENETDOWN, ETIMEDOUT].contains(error.errnoCode)
  }
}
