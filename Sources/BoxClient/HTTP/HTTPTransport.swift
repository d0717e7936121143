import NIOHTTP1

/// One HTTP request, ready to be sent. Its description names the host alone: headers, body and query hold secrets.
public struct HTTPCall: Sendable, CustomStringConvertible, CustomReflectable {
  public var method: HTTPMethod
  public var url: String
  public var headers: HTTPHeaders
  public var body: [UInt8]
  public var patience: Patience

  /// When a call is given up.
  public enum Patience: Sendable, Equatable {
    /// After as long without a byte as the transport allows every call.
    case ordinary
    /// After so long in all: a long poll, whose silence means nothing.
    case whole(Duration)
  }

  public init(
    _ method: HTTPMethod, _ url: String, headers: HTTPHeaders = [:], body: [UInt8] = [],
    patience: Patience = .ordinary
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.patience = patience
  }

  public var description: String { "\(method) \(Origin(url)?.description ?? "?")" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// What came back, whatever its status.
public struct HTTPAnswer: Sendable {
  public let status: Int
  public let headers: HTTPHeaders
  public let body: PaddedBytes

  public init(status: Int, headers: HTTPHeaders, body: PaddedBytes) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

/// Carries calls to a server, one attempt each: no retries, no redirects, no tokens.
public protocol HTTPTransport: Sendable {
  /// Throws ``NetworkFault`` where no whole answer came, `CancellationError` where the task was cancelled; the
  /// request ends with the task.
  func send(_ call: HTTPCall) async throws -> HTTPAnswer
}

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
