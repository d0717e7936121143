import Hummingbird
import NIOCore
import ServiceLifecycle

/// Finds the endpoint for a request, lets the faults have their say, counts the answer.
struct SimulatorResponder: HTTPResponder {
  let core: SimulatorCore

  func respond(to request: Request, context: SimulatorContext) async throws -> Response {
    let target = RequestTarget(request.head.path)
    let endpoint = Self.endpoint(of: target.path, method: request.method)
    var answer = await answer(request, target, endpoint, context)
    let isSilent = answer.ending == .silence
    let isPage = endpoint == .events && answer.status == .ok
    let requestId = core.withState { state in
      state.statistics.count(endpoint, status: isSilent ? 0 : answer.status.code)
      if isPage, !isSilent { state.statistics.pagesServed += 1 }
      return state.hexadecimalId(digits: 33)
    }
    if isSilent {
      try? await context.channel.close()
    }
    answer.headers.set("box-request-id", requestId)
    return answer.response
  }

  private static func endpoint(of path: String, method: HTTPRequest.Method) -> Endpoint {
    switch path {
    case "/oauth2/token": .token
    case "/api/oauth2/authorize": .authorize
    case "/2.0/events": method == .options ? .options : .events
    case "/2.0/users/me": .usersMe
    case "/realtime/subscribe": .realtime
    case _ where path.hasPrefix("/_simulator/"): .control
    default: .unknown
    }
  }

  private func answer(
    _ request: Request, _ target: RequestTarget, _ endpoint: Endpoint, _ context: SimulatorContext
  ) async -> Answer {
    switch (endpoint, request.method) {
    case (.control, _):
      return await control(request, target)
    case (.unknown, _):
      return clientError(.notFound, "not_found", "Not Found")
    case (.events, .get), (.options, .options), (.usersMe, .get), (.realtime, .get), (.token, .post),
      (.authorize, .get):
      return await answer(as: endpoint, request, target, context)
    default:
      var answer = clientError(.methodNotAllowed, "method_not_allowed", "Method Not Allowed")
      let allowed = endpoint == .token ? "POST" : endpoint == .events ? "GET, OPTIONS" : "GET"
      answer.headers.set("allow", allowed)
      return answer
    }
  }

  /// The answer of one of Box's endpoints, faults included.
  private func answer(
    as endpoint: Endpoint, _ request: Request, _ target: RequestTarget, _ context: SimulatorContext
  ) async -> Answer {
    let now = core.configuration.clock()
    let verdict = core.withState { state in
      if endpoint == .options || endpoint == .events || endpoint == .usersMe { state.calls.count(at: now) }
      let verdict = state.faults.verdict(for: endpoint)
      for kind in verdict.kinds { state.statistics.faults[kind, default: 0] += 1 }
      return verdict
    }
    if verdict.isSlow {
      let delay = core.configuration.slowDelay
      try? await cancelWhenGracefulShutdown { try await Task.sleep(for: delay) }
    }
    if let fault = verdict.replacement, let answer = await faultAnswer(fault, request) { return answer }
    var answer =
      switch endpoint {
      case .token: await token(request)
      case .authorize: authorize(target)
      case _ where endpoint.isOfAPI && isForbidden(request, target): Answer.forbidden
      case .options: options(request, target)
      case .events: events(request, target, verdict)
      case .realtime: await poll(request, target, context)
      case .usersMe: currentUser(request)
      case .control, .unknown: clientError(.notFound, "not_found", "Not Found")
      }
    if verdict.replacement == .truncate { answer.ending = .truncate }
    return answer
  }

  func clientError(_ status: HTTPResponse.Status, _ code: String, _ message: String) -> Answer {
    .clientError(status, code: code, message: message, requestId: core.withState { $0.hexadecimalId(digits: 12) })
  }
}
