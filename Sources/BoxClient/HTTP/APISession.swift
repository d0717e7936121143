import Logging
import NIOHTTP1
import Synchronization

/// Calls as one account: with its token, within its budget, with retries, along redirects.
final class APISession: Sendable {
  let apiURL: String
  let apiOrigin: Origin
  let transport: any HTTPTransport
  let budget: CallBudget
  private let tokens: TokenKeeper
  private let headers: HTTPHeaders
  private let limits: RetryLimits
  private let logger: Logger
  let reachability = Reachability()
  /// Pages of events in a row that listed fewer than they counted, also when they were asked for again.
  let shortPages = Atomic(0)

  init(
    apiURL: String, apiOrigin: Origin, transport: any HTTPTransport, tokens: TokenKeeper, budget: CallBudget,
    headers: HTTPHeaders, limits: RetryLimits, logger: Logger
  ) {
    self.apiURL = apiURL
    self.apiOrigin = apiOrigin
    self.transport = transport
    self.tokens = tokens
    self.budget = budget
    self.headers = headers
    self.limits = limits
    self.logger = logger
  }

  /// One call to Box: where to, and under which name it stands in logs and errors (a real-time server's URL holds a
  /// channel that is nobody else's business).
  struct Request {
    var method: HTTPMethod
    var url: String
    var name: String
    var headers: [String: String] = [:]
    var body: [UInt8] = []
    var patience: HTTPCall.Patience = .ordinary
    var limits: RetryLimits?
    /// Whether its place in the call budget has been taken already.
    var isPrepaid = false
    /// Whether it tells whether Box can be reached.
    var tellsOfReach = false
  }

  /// Waits until a call can be made: for its place in the budget, and for a token.
  func prepare() async throws {
    _ = try await tokens.token()
    try await budget.acquire()
  }

  /// Makes the call until `read` takes its answer. `read` throws ``DamagedPage`` for an answer that is not what was
  /// asked for, which counts as a fault of the server.
  func send<Value>(_ request: Request, read: (HTTPAnswer) throws -> Value) async throws -> Value {
    var retries = RetryStateMachine(limits: request.limits ?? limits)
    var lease = try await tokens.token()
    while true {
      switch try await attempt(request, token: lease.token, read: read) {
      case .value(let value):
        return value
      case .failed(let failure, let outcome):
        switch retries.attemptFailed(outcome) {
        case .fail:
          throw failure
        case .renewToken:
          // Where the token did not go, another one changes nothing.
          guard mayCarryToken(request.url) else { throw failure }
          lease = try await renewed(lease, after: failure)
        case .wait(let pause):
          logger.info(
            "\(request.name) is tried again", metadata: ["in": "\(pause.roundedText)", "because": "\(failure)"])
          try await Task.sleep(for: pause)
          // The token may have ended during the pause.
          lease = try await tokens.token()
        }
      }
    }
  }

  private enum Attempt<Value> {
    case value(Value)
    case failed(any Error, RetryStateMachine.Outcome)
  }

  private func attempt<Value>(
    _ request: Request, token: Secret, read: (HTTPAnswer) throws -> Value
  ) async throws -> Attempt<Value> {
    do {
      let answer = try await follow(request, token: token)
      let retryAfter = RetryAfter.parse(answer.headers)
      // 202 with Retry-After means: not yet.
      guard (200..<300).contains(answer.status), answer.status != 202 || retryAfter == nil else {
        return .failed(
          BoxAPIError(answer, to: request.name), .answered(status: answer.status, retryAfter: retryAfter))
      }
      return .value(try read(answer))
    } catch let fault as NetworkFault {
      return .failed(fault, .network(fault.kind))
    } catch let damage as DamagedPage {
      return .failed(damage, .damaged)
    }
  }

  /// A new token after a refusal; where there is none, the refusal is the error that counts.
  private func renewed(_ refused: TokenKeeper.Lease, after failure: any Error) async throws -> TokenKeeper.Lease {
    do {
      return try await tokens.token(after: refused)
    } catch let unavailable as TokenUnavailable {
      guard let refusal = failure as? BoxAPIError else { throw unavailable }
      throw AuthenticationFailed(refusal: refusal, advice: unavailable.description)
    }
  }

  /// Sends the request, and after a redirect its like to the new place. The token and As-User never go to another
  /// host, and another host is followed over https only.
  private func follow(_ request: Request, token: Secret) async throws -> HTTPAnswer {
    var token = Optional(token)
    var url = request.url
    for hop in 0...5 {
      if hop > 0 || !request.isPrepaid { try await budget.acquire() }
      let call = HTTPCall(
        request.method, url, headers: headers(for: url, of: request, token: token), body: request.body,
        patience: request.patience)
      let answer: HTTPAnswer
      do {
        answer =
          request.tellsOfReach
          ? try await reachability.watch { try await transport.send(call) } : try await transport.send(call)
      } catch let fault as NetworkFault where fault.kind == .invalidURL && hop > 0 {
        // Not our URL is wrong, but the one that the server names.
        throw NetworkFault(.redirectRefused, "\(request.name) was redirected to what is no URL")
      }
      guard [301, 302, 303, 307, 308].contains(answer.status), let location = answer.headers.first(name: "location")
      else {
        // A stranger's refusal says nothing of Box's: it never saw the token.
        if token == nil, (400..<500).contains(answer.status) {
          throw NetworkFault(
            .redirectRefused,
            "\(request.name) was redirected to \(Origin(url)?.description ?? "another host"), which answered "
              + "\(answer.status) without the token")
        }
        return answer
      }
      guard request.body.isEmpty, [.GET, .HEAD, .OPTIONS].contains(request.method) else {
        throw NetworkFault(.redirectRefused, "\(request.name) was redirected; what changes something is not sent again")
      }
      let target = try Redirect.target(location, from: url)
      // Another of Box's hosts is another host too, and the way back is no better.
      if Origin(target)?.host != Origin(url)?.host { token = nil }
      url = target
    }
    throw NetworkFault(.redirectRefused, "\(request.name): more than 5 redirects")
  }

  private func headers(for url: String, of request: Request, token: Secret?) -> HTTPHeaders {
    var all = headers
    for (name, value) in request.headers { all.replaceOrAdd(name: name, value: value) }
    guard let token, mayCarryToken(url) else {
      all.remove(name: "as-user")
      all.remove(name: "authorization")
      return all
    }
    all.replaceOrAdd(name: "authorization", value: "Bearer \(token.revealed)")
    return all
  }

  private func mayCarryToken(_ url: String) -> Bool { Origin(url)?.mayCarryToken(of: apiOrigin) ?? false }
}
