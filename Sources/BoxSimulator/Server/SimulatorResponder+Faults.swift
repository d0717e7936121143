import Hummingbird
import NIOCore
import ServiceLifecycle

extension SimulatorResponder {
  /// What a fault answers in the endpoint's place; nil for faults that act on the endpoint's own answer.
  func faultAnswer(_ fault: FaultKind, _ request: Request) async -> Answer? {
    switch fault {
    case .reconnect:
      return Self.realtimeAnswer(.reconnect)
    case .maxRetries:
      return Self.realtimeAnswer(.maxRetries)
    case .stall:
      await untilClientLeaves(request)
      return .silence
    case .drop:
      return .silence
    case .html:
      var answer = Answer(status: .ok, pieces: [ByteBuffer(string: Self.page)])
      answer.headers[.contentType] = "text/html"
      return answer
    case .tooManyRequests:
      var answer = clientError(
        .tooManyRequests, "rate_limit_exceeded", "Request rate limit exceeded, please try again later")
      answer.headers.set("retry-after", "1")
      return answer
    case .serverError:
      return clientError(.internalServerError, "internal_server_error", "Internal Server Error")
    case .unavailable:
      return clientError(.serviceUnavailable, "unavailable", "Service Unavailable")
    case .expireToken:
      if let token = bearerToken(in: request.headers[.authorization]) {
        core.withState { $0.tokens.revoke(token) }
      }
      return .unauthorized
    case .truncate, .duplicate, .reorder, .emptyZeroPosition, .slow:
      return nil
    }
  }

  private static let page =
    "<!DOCTYPE html>\n<html><head><title>Box</title></head><body><h1>We will be right back.</h1></body></html>\n"

  /// Returns when the client hangs up, or when the simulator stops.
  private func untilClientLeaves(_ request: Request) async {
    let (stream, continuation) = AsyncStream<Never>.makeStream()
    // What the reading of a closed connection throws says nothing more: the request is over.
    try? await request.body.consumeWithInboundCloseHandler { _ in
      await withTaskCancellationOrGracefulShutdownHandler {
        for await _ in stream {}
      } onCancelOrGracefulShutdown: {
        continuation.finish()
      }
    } onInboundClosed: {
      continuation.finish()
    }
  }
}
