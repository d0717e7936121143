import Hummingbird

extension SimulatorResponder {
  /// GET /2.0/events (PROTOCOL.md §3).
  func events(_ request: Request, _ target: RequestTarget, _ verdict: FaultPlan.Verdict) -> Answer {
    guard let caller = caller(request) else { return .unauthorized }
    switch pageRequest(target, caller, verdict) {
    case .failure(let refusal):
      return clientError(.badRequest, "bad_request", refusal.message)
    case .success(let pageRequest):
      let visibility = core.configuration.visibility(of: pageRequest.view.type)
      let page = core.withState { state in
        let page = state.history.page(pageRequest, visibility: visibility)
        if verdict.replacement != .truncate { state.statistics.eventsServed += page.count }
        return page
      }
      return .json(pieces: page.pieces)
    }
  }

  /// Why a parameter is refused, in Box's words where they are known.
  struct Refusal: Error {
    var message: String
  }

  private func pageRequest(
    _ target: RequestTarget, _ caller: TokenBook.Subject, _ verdict: FaultPlan.Verdict
  ) -> Result<PageRequest, Refusal> {
    guard let type = StreamType(rawValue: target["stream_type"] ?? "all") else {
      return .failure(Refusal(message: "Invalid stream type"))
    }
    guard let position = StreamPosition(parameter: target["stream_position"], of: type) else {
      return .failure(Refusal(message: "Invalid stream position"))
    }
    guard let limit = target["limit"].map({ Int($0) }) ?? 100, limit >= 0 else {
      return .failure(Refusal(message: "Invalid value for 'limit'"))
    }
    var view = view(type, caller)
    if type.isEnterprise, let names = target["event_type"], !names.isEmpty {
      view.eventTypes = core.withState { state in
        Set(names.split(separator: ",").map { state.history.types.number(of: String($0)) })
      }
    }
    if type == .adminLogs {
      for (name, path) in [("created_after", \StreamView.createdAfter), ("created_before", \.createdBefore)] {
        guard let text = target[name] else { continue }
        guard let time = Timestamp.secondsSince1970(text) else {
          return .failure(Refusal(message: "Invalid value for '\(name)'"))
        }
        view[keyPath: path] = time
      }
    }
    var pageRequest = PageRequest(view: view, position: position, limit: min(limit, 500))
    pageRequest.shape = core.withState { state in
      PageShape(
        repeated: verdict.isDuplicating ? Int(state.faults.draw() % 5) + 1 : 0,
        shuffleSeed: verdict.isReordering ? state.faults.draw() : nil,
        isEmptyAtZero: verdict.replacement == .emptyZeroPosition)
    }
    return .success(pageRequest)
  }

  func view(_ type: StreamType, _ caller: TokenBook.Subject) -> StreamView {
    let user = caller.user.map { user in core.withState { $0.history.users.number(of: user) } }
    return StreamView(type: type, user: user)
  }
}
