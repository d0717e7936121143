import BoxClient

/// Puts other bytes in the place of some that a server answers with.
struct RewritingTransport: HTTPTransport {
  let transport: PooledTransport
  /// What is replaced, and by what; in order.
  let replacements: [(String, String)]

  func send(_ call: HTTPCall) async throws -> HTTPAnswer {
    let answer = try await transport.send(call)
    var text = answer.body.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    for (old, new) in replacements {
      text = text.split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
    }
    return HTTPAnswer(status: answer.status, headers: answer.headers, body: PaddedBytes(text.utf8))
  }
}
