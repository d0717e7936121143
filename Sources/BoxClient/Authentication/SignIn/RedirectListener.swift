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

/// Listens on a redirect URI of this machine until the browser comes back with an answer.
public final class RedirectListener: Sendable {
  private let channel: any Channel
  private let answers: AsyncStream<String>

  /// Whether a redirect URI is one that this machine can listen on: http, and a loopback address.
  public static func canListen(on uri: String) -> Bool {
    guard let origin = Origin(uri), origin.scheme == "http" else { return false }
    return origin.host == "localhost" || origin.host == "[::1]" || origin.host.hasPrefix("127.")
  }

  /// Begins to listen.
  /// - Throws: ``SignInError``.
  public static func listen(on uri: String) async throws -> RedirectListener {
    guard canListen(on: uri), let origin = Origin(uri) else { throw SignInError.cannotListen(Excerpt.plain(uri)) }
    let path = String(uri.dropFirst("http://".count).drop { $0 != "/" }.prefix { $0 != "?" && $0 != "#" })
    let host = origin.host == "[::1]" ? "::1" : origin.host == "localhost" ? "127.0.0.1" : origin.host
    let (answers, sink) = AsyncStream<String>.makeStream()
    do {
      let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: true, withErrorHandling: true)
            try pipeline.addHandler(RedirectHandler(path: path.isEmpty ? "/" : path) { sink.yield($0) })
          }
        }
        .bind(host: host, port: origin.port).get()
      return RedirectListener(channel: channel, answers: answers)
    } catch let error as IOError where error.errnoCode == EADDRINUSE {
      throw SignInError.portInUse(origin.port)
    } catch let error as IOError {
      throw SignInError.cannotListen(String(cString: strerror(error.errnoCode)).lowercased())
    }
  }

  private init(channel: any Channel, answers: AsyncStream<String>) {
    self.channel = channel
    self.answers = answers
  }

  /// Path and query of the first request to the redirect URI. Throws `CancellationError` when the task is cancelled.
  public func answer() async throws -> String {
    for await answer in answers { return answer }
    throw CancellationError()
  }

  /// Gives the port back.
  public func close() async {
    try? await channel.close()
  }
}

/// Answers a browser, and passes on what it came with once it has its page.
private final class RedirectHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let path: String
  private let passOn: @Sendable (String) -> Void
  private var target = ""

  private static let page =
    "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>boxwatch</title></head>"
    + "<body><p>boxwatch has the answer and goes on in the terminal. You can close this page.</p></body></html>\n"

  init(path: String, passOn: @escaping @Sendable (String) -> Void) {
    self.path = path
    self.passOn = passOn
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): target = head.method == .GET ? head.uri : ""
    case .body: break
    case .end: answer(context)
    }
  }

  private func answer(_ context: ChannelHandlerContext) {
    // A browser asks for an icon too; that is no answer.
    let isAnswer = target.prefix { $0 != "?" } == path
    let body = ByteBuffer(string: isAnswer ? Self.page : "Nothing is here.\n")
    let headers: HTTPHeaders = [
      "content-type": isAnswer ? "text/html; charset=utf-8" : "text/plain", "content-length": "\(body.readableBytes)",
      "connection": "close", "cache-control": "no-store", "referrer-policy": "no-referrer",
    ]
    let head = HTTPResponseHead(version: .http1_1, status: isAnswer ? .ok : .notFound, headers: headers)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
    let channel = context.channel
    context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { [target, passOn] _ in
      channel.close(promise: nil)
      if isAnswer { passOn(target) }
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
