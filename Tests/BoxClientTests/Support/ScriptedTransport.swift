import BoxClient
import Logging
import NIOHTTP1
import Synchronization
import Testing

/// A Box without sockets: answers from a list, one a call, and keeps every call.
final class ScriptedTransport: HTTPTransport {
  enum Step: Sendable {
    case answer(HTTPAnswer)
    case fault(NetworkFault)
    /// No answer ever comes: the call ends with its task.
    case silence

    static func answer(_ status: Int = 200, _ body: String = "", _ headers: HTTPHeaders = [:]) -> Step {
      .answer(HTTPAnswer(status: status, headers: headers, body: bytes(body)))
    }

    /// A page of one event.
    static func page(_ id: String = "e1", next: String = "9") -> Step {
      answer(200, #"{"chunk_size":1,"next_stream_position":"\#(next)","entries":[{"event_id":"\#(id)"}]}"#)
    }

    static func token(_ token: String) -> Step {
      answer(200, #"{"access_token":"\#(token)","expires_in":4123,"restricted_to":[],"token_type":"bearer"}"#)
    }

    static func redirect(_ location: String, status: Int = 302) -> Step {
      answer(status, "", ["location": location])
    }
  }

  private struct State {
    var steps: [Step]
    var calls: [HTTPCall] = []
    var cancelled = 0
  }

  private let state: Mutex<State>
  private let sink: AsyncStream<HTTPCall>.Continuation
  /// The calls as they come, each before it is answered.
  let arrivals: AsyncStream<HTTPCall>

  init(_ steps: Step...) {
    state = Mutex(State(steps: steps))
    (arrivals, sink) = AsyncStream.makeStream()
  }

  var calls: [HTTPCall] { state.withLock { $0.calls } }
  /// Calls whose task was cancelled while they waited.
  var cancelled: Int { state.withLock { $0.cancelled } }

  func send(_ call: HTTPCall) async throws -> HTTPAnswer {
    let step = state.withLock { state -> Step? in
      state.calls.append(call)
      return state.steps.isEmpty ? nil : state.steps.removeFirst()
    }
    sink.yield(call)
    switch step {
    case .answer(let answer): return answer
    case .fault(let fault): throw fault
    case .silence:
      for await _ in AsyncStream<Never>.makeStream().stream {}
      state.withLock { $0.cancelled += 1 }
      throw CancellationError()
    case nil:
      Issue.record("a call that the script does not know: \(call.method) \(call.url)")
      throw NetworkFault(.unreachable, "the script has ended")
    }
  }

  /// A client of it, whose log is searched for its tokens, that waits a moment where others wait for seconds.
  func client(
    apiURL: String = "https://api.box.com", tokens: any TokenSource = ScriptedTokens(), asUser: String? = nil,
    attempts: Int = 3, budget: CallBudget = CallBudget(callsPerMinute: 0)
  ) throws -> BoxClient {
    try BoxClient(
      apiURL: apiURL, tokens: TokenKeeper(tokens), transport: self, budget: budget, asUser: asUser,
      limits: .brief(attempts: attempts), userAgent: "tests/1",
      logger: Logger(label: "test", factory: { _ in SearchedLog(self) }))
  }
}

extension RetryLimits {
  /// Pauses of a millisecond.
  static func brief(attempts: Int) -> RetryLimits {
    var limits = RetryLimits(attempts: attempts)
    limits.shortestWait = .zero
    limits.firstPause = .milliseconds(1)
    return limits
  }
}
