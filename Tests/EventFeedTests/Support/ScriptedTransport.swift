import BoxClient
import Synchronization

/// A Box without sockets: a script answers, and every call is kept.
final class ScriptedTransport: HTTPTransport {
  /// What is asked for.
  enum Kind: Equatable {
    case servers
    case events
    case poll
  }

  typealias Script = @Sendable (_ call: HTTPCall, _ kind: Kind, _ number: Int) async throws -> HTTPAnswer

  private let script: Script
  private let made = Mutex<[HTTPCall]>([])
  private let sink: AsyncStream<HTTPCall>.Continuation
  /// The calls as they come, each before it is answered.
  let arrivals: AsyncStream<HTTPCall>

  /// - Parameter script: is told the number, from 1, of the call among those of its kind.
  init(_ script: @escaping Script) {
    self.script = script
    (arrivals, sink) = AsyncStream.makeStream()
  }

  static func kind(of call: HTTPCall) -> Kind {
    if call.method == .OPTIONS { return .servers }
    return call.url.contains("/2.0/events") ? .events : .poll
  }

  func calls(_ kind: Kind) -> [HTTPCall] {
    made.withLock { $0.filter { Self.kind(of: $0) == kind } }
  }

  func send(_ call: HTTPCall) async throws -> HTTPAnswer {
    let kind = Self.kind(of: call)
    let number = made.withLock { made in
      made.append(call)
      return made.count { Self.kind(of: $0) == kind }
    }
    sink.yield(call)
    return try await script(call, kind, number)
  }

  /// A client of it, without limits of its own.
  func client(
    apiURL: String = "https://api.box.com", asUser: String? = nil, budget: CallBudget = CallBudget(callsPerMinute: 0)
  ) throws -> BoxClient {
    try BoxClient(
      apiURL: apiURL, tokens: TokenKeeper(DeveloperToken(Secret("T"))), transport: self, budget: budget,
      asUser: asUser, limits: RetryLimits(attempts: 1))
  }

  // MARK: Answers

  /// Never comes: the call ends with its task.
  static func silence() async throws -> HTTPAnswer {
    for await _ in AsyncStream<Never>.makeStream().stream {}
    throw CancellationError()
  }

  static func answer(_ status: Int = 200, _ body: String = "", headers: [(String, String)] = []) -> HTTPAnswer {
    HTTPAnswer(status: status, headers: .init(headers), body: PaddedBytes(Array(body.utf8)))
  }

  /// - Parameter next: JSON: a number, or a string with its quotes.
  static func page(_ ids: [String] = [], next: String) -> HTTPAnswer {
    let entries = ids.map { #"{"type":"event","event_id":"\#($0)","event_type":"ITEM_UPLOAD"}"# }
    return answer(
      200,
      #"{"chunk_size":\#(ids.count),"next_stream_position":\#(next),"entries":[\#(entries.joined(separator: ","))]}"#)
  }

  static func servers(_ url: String, maxRetries: Int = 10) -> HTTPAnswer {
    answer(
      200,
      #"{"chunk_size":1,"entries":[{"type":"realtime_server","url":"\#(url)","ttl":"10","#
        + #""max_retries":"\#(maxRetries)","retry_timeout":610}]}"#)
  }

  static func message(_ message: String) -> HTTPAnswer {
    answer(200, #"{"version":1,"message":"\#(message)"}"#)
  }
}
