import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A server on loopback that answers what a test says, and remembers what it was asked.
final class TestServer: Sendable {
  struct Request: Sendable {
    let method: String
    let path: String
    let headers: [(name: String, value: String)]
    let body: [UInt8]

    func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name.lowercased() }?.value }
    var text: String { String(decoding: body, as: UTF8.self) }
  }

  struct Answer: Sendable {
    var status = 200
    var headers: [(String, String)] = []
    var body: [UInt8] = []

    static func status(_ status: Int, _ headers: [(String, String)] = [], _ body: String = "") -> Answer {
      Answer(status: status, headers: headers, body: Array(body.utf8))
    }
  }

  private let log: Log
  private let channel: any Channel

  var requests: [Request] { log.requests.withLock { $0 } }
  var port: Int { channel.localAddress?.port ?? 0 }
  func url(_ path: String = "/", host: String = "127.0.0.1") -> String { "http://\(host):\(port)\(path)" }

  /// - Parameter answer: gives no answer where it is nil.
  static func start(
    host: String = "127.0.0.1", _ answer: @escaping @Sendable (Request) -> Answer?
  ) async throws -> TestServer {
    let log = Log()
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(
            Exchange { request in
              log.requests.withLock { $0.append(request) }
              return answer(request)
            })
        }
      }
      .bind(host: host, port: 0).get()
    return TestServer(channel, log)
  }

  private init(_ channel: any Channel, _ log: Log) {
    self.channel = channel
    self.log = log
  }

  func stop() async throws { try await channel.close() }

  private final class Log: Sendable {
    let requests = Mutex<[Request]>([])
  }
}

private final class Exchange: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let answer: @Sendable (TestServer.Request) -> TestServer.Answer?
  private var head: HTTPRequestHead?
  private var body: [UInt8] = []

  init(_ answer: @escaping @Sendable (TestServer.Request) -> TestServer.Answer?) {
    self.answer = answer
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): self.head = head
    case .body(let part): body += Array(buffer: part)
    case .end: respond(context)
    }
  }

  private func respond(_ context: ChannelHandlerContext) {
    guard let head else { return }
    let request = TestServer.Request(
      method: head.method.rawValue, path: head.uri, headers: head.headers.map { ($0.name, $0.value) }, body: body)
    body = []
    guard let answer = answer(request) else { return }
    var headers = HTTPHeaders(answer.headers)
    if !headers.contains(name: "content-length") { headers.add(name: "content-length", value: "\(answer.body.count)") }
    let response = HTTPResponseHead(
      version: .http1_1, status: .init(statusCode: answer.status), headers: headers)
    context.write(wrapOutboundOut(.head(response)), promise: nil)
    context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer.body)))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }
}
