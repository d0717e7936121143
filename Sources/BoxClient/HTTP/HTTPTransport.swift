/// Carries calls to a server, one attempt each: no retries, no redirects, no tokens.
public protocol HTTPTransport: Sendable {
  /// Throws ``NetworkFault`` where no whole answer came, `CancellationError` where the task was cancelled; the
  /// request ends with the task.
  func send(_ call: HTTPCall) async throws -> HTTPAnswer
}
