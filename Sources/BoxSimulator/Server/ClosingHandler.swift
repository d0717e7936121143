import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Closes a connection behind an answer that says `connection: close`, which otherwise only a body that fails does: and
/// such a body leaves in a packet of its own, behind its head.
final class ClosingHandler: ChannelOutboundHandler, RemovableChannelHandler {
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private var isClosing = false

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(let head):
      isClosing = head.headerFields[.connection] == "close"
      context.write(data, promise: promise)
    case .end where isClosing:
      let written = promise ?? context.eventLoop.makePromise()
      written.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
      context.write(data, promise: written)
    case .body, .end:
      context.write(data, promise: promise)
    }
  }
}
