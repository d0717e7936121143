import NIOHTTP1

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
