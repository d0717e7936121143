import NIOHTTP1

extension BoxClient {
  /// Calls any endpoint of the API, with the account's credentials, budget and retries.
  ///
  /// - Parameters:
  ///   - path: below `/2.0`, such as `/files/123`.
  ///   - body: JSON; empty for none.
  ///   - headers: further headers, such as `If-Match`.
  /// - Returns: an answer with a status from 200 to 299.
  /// - Throws: ``BoxAPIError`` for Box's refusal, ``NetworkFault``, ``AuthenticationFailed``.
  public func call(
    _ method: HTTPMethod, _ path: String, query: [(name: String, value: String)] = [], body: [UInt8] = [],
    headers: [String: String] = [:]
  ) async throws -> HTTPAnswer {
    let session = events.session
    var headers = headers
    if !body.isEmpty { headers["content-type"] = "application/json" }
    let request = APISession.Request(
      method: method, url: Query.appending(query, to: session.apiURL + "/2.0" + path), name: "\(method) /2.0\(path)",
      headers: headers, body: body)
    return try await session.send(request) { $0 }
  }
}
