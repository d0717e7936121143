import BoxClient
import NIOHTTP1

/// A request on behalf of a rule or a sink.
public struct GuardedRequest: Sendable {
  public var method: String
  public var url: String
  public var headers: [Header]
  public var body: [UInt8]
  /// For the whole request, redirects included.
  public var timeout: Duration

  public init(
    _ method: String, _ url: String, headers: [Header] = [], body: [UInt8] = [], timeout: Duration = .seconds(30)
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeout = timeout
  }

  public struct Header: Sendable {
    public let name: String
    /// Text and secrets, one behind the other: `Bearer ` and a token.
    public let parts: [Part]

    public enum Part: Sendable {
      case text(String)
      case secret(BoundSecret)
    }

    public init(_ name: String, _ value: String) {
      self.init(name, parts: [.text(value)])
    }

    public init(_ name: String, _ value: BoundSecret) {
      self.init(name, parts: [.secret(value)])
    }

    public init(_ name: String, parts: [Part]) {
      self.name = name
      self.parts = parts
    }
  }
}

/// What came back, whatever its status.
public struct GuardedAnswer: Sendable {
  public let status: Int
  /// Names in lower case, in the order in which they came.
  public let headers: [(name: String, value: String)]
  public let body: [UInt8]
  /// What the header `Retry-After` asks for.
  public let retryAfter: Duration?
}
