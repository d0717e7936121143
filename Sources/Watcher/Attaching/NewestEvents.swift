import BoxClient
import EventFeed

/// The newest events that Box keeps of a stream, as far as a prompt asks for them.
public struct NewestEvents: Sendable {
  /// Oldest first.
  public private(set) var events: [Event] = []
  /// That Box keeps more than was looked at.
  public private(set) var remark: String?

  private static let pages = 20
  private static let most = 1000

  /// - Throws: as `EventsManager.getEvents`.
  public init(of streamType: StreamType, client: BoxClient) async throws {
    var query = GetEventsQueryParams(streamType: streamType, streamPosition: .beginning)
    if streamType == .adminLogs {
      query = GetEventsQueryParams(streamType: streamType, createdAfter: WallClock.now - .seconds(24 * 3600))
    }
    var backlog = EventBacklog(client: client, query: query)
    for page in 1...Self.pages {
      guard let next = try await backlog.nextPage() else { return }
      events = (events + next.freshEvents).suffix(Self.most)
      if page == Self.pages { remark = "Box keeps more; these are of the first \(page) pages" }
    }
  }
}
