import BoxClient

/// The events that a stream holds now, page by page until nothing new comes.
///
/// ```swift
/// var backlog = EventBacklog(client: client, query: .init(streamType: .adminLogs, createdAfter: yesterday))
/// while let page = try await backlog.nextPage(limit: 500) { … }
/// ```
public struct EventBacklog: Sendable {
  private let client: BoxClient
  private let query: GetEventsQueryParams
  private let headers: [String: String]
  private let timing: FeedTiming
  private var drain: Drain
  private var seen: SeenEvents
  private var step: Drain.Step = .again

  /// - Parameter query: its `limit` is not used.
  public init(
    client: BoxClient, query: GetEventsQueryParams, headers: [String: String] = [:], seen: SeenEvents = SeenEvents(),
    timing: FeedTiming = FeedTiming()
  ) {
    self.client = client
    self.query = query
    self.headers = headers
    self.seen = seen
    self.timing = timing
    drain = Drain(position: query.streamPosition, createdAfter: query.createdAfter)
  }

  /// The next page, which may hold nothing new; nil when the stream has been caught up.
  ///
  /// - Parameter limit: events asked for, 1 to 500.
  /// - Throws: as `EventsManager.getEvents`.
  public mutating func nextPage(limit: Int = 500) async throws -> FeedPage? {
    switch step {
    case .caughtUp: return nil
    case .againAfterPause: try await Task.sleep(for: timing.dryPause)
    case .again: break
    }
    let asked = drain.position
    var page = query
    page.streamPosition = asked
    page.limit = limit
    let events = try await client.events.getEvents(queryParams: page, headers: headers)
    let entries = events.entries
    let fresh = entries.indices.filter { seen.insert(entries[$0].digest) }
    step = drain.pageArrived(
      PageSummary(count: entries.count, fresh: fresh.count, nextPosition: events.nextStreamPosition))
    return FeedPage(
      events: events, fresh: fresh, position: drain.position.flatMap { $0.isResumable ? $0 : nil },
      requestedPosition: asked, isCaughtUp: step == .caughtUp)
  }
}
