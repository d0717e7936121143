import Hummingbird

extension SimulatorResponder {
  /// What the real-time server says.
  enum RealtimeMessage: String {
    case newChange = "new_change"
    case reconnect
    case maxRetries = "max_retries"
  }

  /// OPTIONS /2.0/events (PROTOCOL.md §1).
  func options(_ request: Request, _ target: RequestTarget) -> Answer {
    guard let caller = caller(request) else { return .unauthorized }
    guard let type = StreamType(rawValue: target["stream_type"] ?? "all") else {
      return clientError(.badRequest, "bad_request", "Invalid stream type")
    }
    guard !type.isEnterprise else {
      return clientError(.badRequest, "bad_request", "Long polling is not supported for enterprise event streams")
    }
    let view = view(type, caller)
    let now = core.configuration.clock()
    let channel = core.withState { $0.channels.open(view, at: now, using: &$0.random) }
    let realtime = core.configuration.realtime
    let quote = realtime.numbersAsStrings ? "\"" : ""
    let host = request.head.authority.map { "http://\($0)" } ?? core.baseURL.withLock { $0 }
    // Slashes escaped, as in the answers that Box's own test stubs hold.
    let url = #"\#(host)/realtime/subscribe?channel=\#(channel)&stream_type=\#(type.rawValue)"#
      .split(separator: "/", omittingEmptySubsequences: false).joined(separator: #"\/"#)
    return .json(
      #"{"chunk_size":1,"entries":[{"type":"realtime_server","url":"\#(url)","#
        + #""ttl":\#(quote)\#(realtime.ttl)\#(quote),"max_retries":\#(quote)\#(realtime.maxRetries)\#(quote),"#
        + #""retry_timeout":\#(realtime.retryTimeout)}]}"#)
  }

  /// GET /realtime/subscribe: the long poll (PROTOCOL.md §2). The channel is the only credential: whether Box wants
  /// more is not known.
  func poll(_ request: Request, _ target: RequestTarget, _ context: SimulatorContext) async -> Answer {
    guard let name = target["channel"], let channel = core.withState({ $0.channels.poll(name) }) else {
      return clientError(.notFound, "not_found", "Not Found")
    }
    let parameter = target["stream_position"]
    guard let position = parameter == nil ? .latest : StreamPosition(parameter: parameter, of: channel.view.type) else {
      return clientError(.badRequest, "bad_request", "Invalid stream position")
    }
    let realtime = core.configuration.realtime
    // Retries follow a first poll: Box's clients ask for another server after one poll more than `max_retries`.
    if channel.polls > realtime.maxRetries + 1 { return Self.realtimeAnswer(.maxRetries) }
    let age = core.configuration.clock() - channel.openedAt
    if age > Int64(realtime.ttl) * 60_000_000 { return Self.realtimeAnswer(.reconnect) }
    let number = core.openPoll(channel.view)
    let ring = try? await request.body.consumeWithInboundCloseHandler { _ in
      await core.waitForChange(
        channel.view, after: position, number: number, on: context.channel.eventLoop)
    } onInboundClosed: {
      core.endPoll(number, .gone)
    }
    switch ring {
    case .newChange: return Self.realtimeAnswer(.newChange)
    case .reconnect: return Self.realtimeAnswer(.reconnect)
    case .gone, nil: return .silence
    }
  }

  /// The server closes the connection after each message (PROTOCOL.md §2).
  static func realtimeAnswer(_ message: RealtimeMessage) -> Answer {
    // `max_retries` has been seen without `version` (PROTOCOL.md §2, "Bodies").
    let version = message == .maxRetries ? "" : #""version":1,"#
    var answer = Answer.json(#"{\#(version)"message":"\#(message.rawValue)"}"#)
    answer.ending = .close
    return answer
  }
}
