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

/// Listens on a redirect URI of this machine until the browser comes back with an answer. What else reaches the port,
/// such as a look whether somebody listens, gets an error page and ends nothing.
public final class RedirectListener: Sendable {
  private let channel: any Channel
  private let answers: AsyncStream<String>

  /// Whether a redirect URI is one that this machine can listen on: http, and a loopback address.
  public static func canListen(on uri: String) -> Bool {
    guard let origin = Origin(uri), origin.scheme == "http" else { return false }
    return origin.isLoopback
  }

  /// Begins to listen on the request's redirect URI.
  ///
  /// What Box answered to another request ends the wait too, and has no code for this one: who was led there by a page
  /// of somebody else's must hear of it.
  ///
  /// - Parameter stray: is told of each request to that URI which is no answer at all.
  /// - Throws: ``SignInError``.
  public static func listen(
    for request: AuthorizationRequest, stray: @escaping @Sendable () -> Void
  ) async throws -> RedirectListener {
    let uri = request.redirectURI
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
            let handler = RedirectHandler(request, path: path.isEmpty ? "/" : path) { target, isAnswer in
              if isAnswer { sink.yield(target) } else { stray() }
            }
            try pipeline.addHandler(handler)
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

  /// Path and query of the answer. Throws `CancellationError` when the task is cancelled.
  public func answer() async throws -> String {
    for await answer in answers { return answer }
    throw CancellationError()
  }

  /// Gives the port back.
  public func close() async {
    try? await channel.close()
  }
}

/// Answers a browser, and passes on what it came with to the redirect URI once it has its page.
private final class RedirectHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let request: AuthorizationRequest
  private let path: String
  private let passOn: @Sendable (_ target: String, _ isAnswer: Bool) -> Void
  private var target = ""

  init(
    _ request: AuthorizationRequest, path: String,
    passOn: @escaping @Sendable (_ target: String, _ isAnswer: Bool) -> Void
  ) {
    self.request = request
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
    // A browser asks for an icon too; that is no answer, and nothing to warn of.
    let isRedirect = target.prefix { $0 != "?" } == path
    let page: RedirectPage =
      switch isRedirect {
      case true where request.isAnswered(by: target): .answered
      case true where request.isWhole(target): .otherSignIn
      case true: .stray
      case false: .nothing
      }
    let isAnswer = page == .answered || page == .otherSignIn
    let body = ByteBuffer(string: page.html)
    let headers: HTTPHeaders = [
      "content-type": "text/html; charset=utf-8", "content-length": "\(body.readableBytes)",
      "connection": "close", "cache-control": "no-store", "referrer-policy": "no-referrer",
    ]
    let head = HTTPResponseHead(version: .http1_1, status: page.status, headers: headers)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
    let channel = context.channel
    context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { [target, passOn] _ in
      channel.close(promise: nil)
      if isRedirect { passOn(target, isAnswer) }
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
