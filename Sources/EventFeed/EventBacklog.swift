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
    let isFiltered = query.eventType?.isEmpty == false
    drain = Drain(
      position: query.streamPosition, createdAfter: query.createdAfter, doubts: isFiltered ? .lastFiltered : .last)
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
    let fresh = seen.insert(events)
    step = drain.pageArrived(
      PageSummary(events, fresh: fresh.count, asked: asked, limit: limit, newest: events.newest))
    if isBeyond(entries) { step = .caughtUp }
    return FeedPage(
      events: events, fresh: fresh, position: drain.position.flatMap { $0.isResumable ? $0 : nil },
      createdAfter: nil, requestedPosition: asked, isCaughtUp: step == .caughtUp)
  }

  /// Whether all that came is later than what was asked for: Box may heed the times on the first page alone
  /// (PROTOCOL.md, section 3).
  private func isBeyond(_ entries: Events.Entries) -> Bool {
    guard let end = query.createdBefore, !entries.isEmpty else { return false }
    return entries.allSatisfy { $0.createdAt.flatMap { Timestamp($0) }.map { $0 > end } ?? false }
  }

  /// The position behind the first `count` entries of a page, for whoever goes on in the middle of it: asked of Box,
  /// and nil where Box does not answer with just those entries.
  public func position(behind count: Int, of page: FeedPage) async throws -> StreamPosition? {
    guard count > 0 else { return page.requestedPosition }
    var shorter = query
    shorter.streamPosition = page.requestedPosition
    shorter.limit = count
    let events = try await client.events.getEvents(queryParams: shorter, headers: headers)
    let digests = events.entries.map(\.digest)
    guard digests == page.events.entries.prefix(count).map(\.digest) else { return nil }
    return events.nextStreamPosition.flatMap { $0.isResumable ? $0 : nil }
  }
}

extension Events {
  /// When the last of its events that says so happened.
  var newest: Timestamp? { entries.last { $0.createdAt != nil }?.createdAt.flatMap { Timestamp($0) } }
}
