import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOSSL
import Synchronization

/// Calls over pooled connections (HTTP/1.1, gzip), on async-http-client.
public final class PooledTransport: HTTPTransport {
  /// Ordinary calls: a connection that stays silent for a minute is given up.
  private let client: HTTPClient
  /// Long polls: a connection each, silent for ten minutes at a time.
  private let pollClient: HTTPClient

  /// The largest answer that is taken. A page of 500 events is about 1 MiB.
  public static let largestAnswer = 64 << 20
  /// Bytes that are taken from a socket at once, at most.
  private static let largestRead = 256 << 10
  /// Calls wait for their turn in the call budget. Waiting for a connection would count against the time to connect.
  private static let anyNumber = 65_536

  private let idleTimeout: Duration
  /// The transports that go another way, and are shut down with this one.
  private let others = Mutex<[NetworkRoute: PooledTransport]>([:])

  /// - Parameter idleTimeout: how long an ordinary call may stay without a byte.
  public convenience init(idleTimeout: Duration = .seconds(60)) {
    self.init(idleTimeout: idleTimeout, proxy: nil, tls: nil)
  }

  private init(idleTimeout: Duration, proxy: HTTPClient.Configuration.Proxy?, tls: TLSConfiguration?) {
    self.idleTimeout = idleTimeout
    client = Self.makeClient {
      $0.proxy = proxy
      $0.tlsConfiguration = tls
      $0.timeout.read = TimeAmount(idleTimeout)
      $0.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Self.anyNumber
    }
    pollClient = Self.makeClient {
      $0.proxy = proxy
      $0.tlsConfiguration = tls
      $0.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Self.anyNumber
    }
  }

  private static func makeClient(_ adjust: (inout HTTPClient.Configuration) -> Void) -> HTTPClient {
    var configuration = HTTPClient.Configuration(
      // A redirect must not carry the token elsewhere: `APISession` follows them itself.
      redirectConfiguration: .disallow,
      timeout: .init(connect: .seconds(15)),
      // Beyond the collector's limit, so that it is the one to speak.
      decompression: .enabled(limit: .size(largestAnswer + (1 << 20))))
    configuration.httpVersion = .http1Only
    // Nobody reads spans here, and the library would make one for each call.
    configuration.tracing.tracer = nil
    // Whether and when to try again is decided in one place, `RetryStateMachine`.
    configuration.connectionPool.retryConnectionEstablishment = false
    // A page of events is a megabyte: received in NIO's usual steps of 64 KiB it costs a drain a twentieth of its time.
    configuration.http1_1ConnectionDebugInitializer = { channel in
      channel.setOption(
        .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 64, initial: 2048, maximum: largestRead))
    }
    adjust(&configuration)
    // One loop for all calls: where a call and its connection have different ones, each step of the call wakes both.
    return HTTPClient(eventLoopGroupProvider: .shared(NetworkExecutor.shared.eventLoop), configuration: configuration)
  }

  /// The transport that goes by a route: this one, or one that lives as long as this one.
  ///
  /// - Throws: ``NetworkRouteError`` where the file of certificates cannot be used.
  public func through(_ route: NetworkRoute) throws -> PooledTransport {
    guard route != NetworkRoute() else { return self }
    return try others.withLock { others in
      if let known = others[route] { return known }
      let made = PooledTransport(
        idleTimeout: idleTimeout, proxy: route.proxyConfiguration, tls: try route.tlsConfiguration())
      others[route] = made
      return made
    }
  }

  /// Closes all connections. Calls under way fail. Must be called before the transport is given up.
  public func shutdown() async throws {
    let others = others.withLock { others in
      defer { others = [:] }
      return Array(others.values)
    }
    for other in others { try? await other.shutdown() }
    defer { pollClient.shutdown { _ in } }
    try await client.shutdown()
  }

  public func send(_ call: HTTPCall) async throws -> HTTPAnswer {
    try Task.checkCancellation()
    let request = try Self.request(for: call)
    let collector = AnswerCollector(limit: Self.largestAnswer)
    let running =
      switch call.patience {
      case .ordinary: client.execute(request: request, delegate: collector)
      case .whole(let limit):
        pollClient.execute(request: request, delegate: collector, deadline: .now() + TimeAmount(limit))
      }
    do {
      return try await withTaskCancellationHandler {
        try await running.futureResult.get()
      } onCancel: {
        running.fail(reason: CancellationError())
      }
    } catch {
      try Task.checkCancellation()
      throw NetworkFault(error, at: Origin(call.url))
    }
  }

  private static func request(for call: HTTPCall) throws -> HTTPClient.Request {
    var headers = call.headers
    if !headers.contains(name: "accept-encoding") { headers.add(name: "accept-encoding", value: "gzip") }
    do {
      return try HTTPClient.Request(
        url: call.url, method: call.method, headers: headers, body: call.body.isEmpty ? nil : .bytes(call.body))
    } catch {
      throw NetworkFault(.invalidURL, "the URL cannot be used: \(error)")
    }
  }
}
