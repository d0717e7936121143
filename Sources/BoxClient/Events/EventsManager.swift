import NIOHTTP1

/// The Events API, shaped as Box's own SDKs shape it.
public struct EventsManager: Sendable {
  let session: APISession

  /// One page of events: GET /events (PROTOCOL.md, section 3).
  ///
  /// Retries what passes (429, 5xx, network, half an answer) and renews the token once. Cancelling the task cancels
  /// the request. A page that lists fewer events than it counts is asked for once more, and taken as it is if it comes
  /// the same again: whether Box counts events that it lists once only is not sure (PROTOCOL.md, section 3 "Response").
  /// Where that was so three times in a row, such pages are taken at once.
  ///
  /// - Parameter headers: further headers, such as `As-User`.
  /// - Throws: ``BoxAPIError`` for Box's refusal, ``DamagedPage``, ``NetworkFault``, ``AuthenticationFailed``.
  public func getEvents(
    queryParams: GetEventsQueryParams = GetEventsQueryParams(), headers: [String: String] = [:]
  ) async throws -> Events {
    let url = Query.appending(queryParams.items, to: session.apiURL + "/2.0/events")
    let request = APISession.Request(
      method: .GET, url: url, name: "GET /2.0/events", headers: headers, tellsOfReach: true)
    let events = try await session.send(request) { try Events(answer: $0) }
    guard events.isShort else {
      session.shortPages.store(0, ordering: .relaxed)
      return events
    }
    guard session.shortPages.load(ordering: .relaxed) < 3 else { return events }
    let again = try await session.send(request) { try Events(answer: $0) }
    if again.isShort { session.shortPages.add(1, ordering: .relaxed) }
    return again.entries.count < events.entries.count ? events : again
  }

  /// The real-time servers of a user stream: OPTIONS /events (PROTOCOL.md, section 1).
  ///
  /// - Parameter streamType: `changes` and `sync` have channels of their own; without it Box gives that of `all`.
  /// - Throws: as ``getEvents(queryParams:headers:)``.
  public func getEventsWithLongPolling(
    streamType: StreamType? = nil, headers: [String: String] = [:]
  ) async throws -> RealtimeServers {
    let items = streamType.map { [(name: "stream_type", value: $0.rawValue)] } ?? []
    let url = Query.appending(items, to: session.apiURL + "/2.0/events")
    return try await session.send(.init(method: .OPTIONS, url: url, name: "OPTIONS /2.0/events", headers: headers)) {
      try RealtimeServers(answer: $0)
    }
  }

  /// Returns when a poll can begin: its place in the call budget is taken, and there is a token.
  ///
  /// - Throws: what getting a token throws.
  public func prepareToPoll() async throws {
    try await session.prepare()
  }

  /// Waits until a real-time server rings: one poll, no retries (PROTOCOL.md, section 2).
  ///
  /// The token goes along only to the API's own host and over https to Box's. Call ``prepareToPoll()`` before, so that
  /// the time that a poll is held can be told from the wait for its turn.
  ///
  /// - Parameter streamPosition: lets the server answer at once when something has happened since.
  /// - Throws: ``NetworkFault`` with `timedOut` after the server's retry timeout, and what `getEvents` throws.
  public func poll(
    _ server: RealtimeServer, streamPosition: StreamPosition?, headers: [String: String] = [:]
  ) async throws -> RealtimeMessage {
    let items = streamPosition.map { [(name: "stream_position", value: $0.text)] } ?? []
    let request = APISession.Request(
      method: .GET, url: Query.appending(items, to: server.url), name: "GET of the real-time server", headers: headers,
      patience: .whole(server.retryTimeout), limits: .single, isPrepaid: true)
    return try await session.send(request) { RealtimeMessage($0.body) }
  }
}
