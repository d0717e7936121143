import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Calls over pooled connections (HTTP/1.1, gzip), on async-http-client.
public final class PooledTransport: HTTPTransport {
  /// Ordinary calls: a connection that stays silent for a minute is given up.
  private let client: HTTPClient
  /// Long polls: a connection each, silent for ten minutes at a time.
  private let pollClient: HTTPClient

  /// The largest answer that is taken. A page of 500 events is about 1 MiB.
  public static let largestAnswer = 64 << 20
  /// Calls wait for their turn in the call budget. Waiting for a connection would count against the time to connect.
  private static let anyNumber = 65_536

  /// - Parameter idleTimeout: how long an ordinary call may stay without a byte.
  public init(idleTimeout: Duration = .seconds(60)) {
    client = Self.makeClient {
      $0.timeout.read = TimeAmount(idleTimeout)
      $0.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Self.anyNumber
    }
    pollClient = Self.makeClient {
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
    // Whether and when to try again is decided in one place, `RetryStateMachine`.
    configuration.connectionPool.retryConnectionEstablishment = false
    adjust(&configuration)
    return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  /// Closes all connections. Calls under way fail. Must be called before the transport is given up.
  public func shutdown() async throws {
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
