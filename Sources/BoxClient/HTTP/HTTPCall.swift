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
