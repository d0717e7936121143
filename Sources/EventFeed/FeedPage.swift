import BoxClient

/// One page as a feed hands it on.
public struct FeedPage: Sendable {
  /// All that Box sent.
  public let events: Events
  /// Which entries are new; the others came before.
  public let fresh: [Int]
  /// What to store with the page, in the same transaction as all that it causes: where the stream goes on. Nil as long
  /// as Box has named nothing that may be stored.
  public let position: StreamPosition?
  /// As long as there is no ``position`` and the stream began at a time: that time, to begin with again.
  public let createdAfter: Timestamp?
  /// Where the page began; nil where the stream began at a time.
  public let requestedPosition: StreamPosition?
  /// Whether nothing more was there.
  public let isCaughtUp: Bool

  /// Whether the page is so small that the feed asks for the next one only when it is done with.
  public var isSmall: Bool { events.entries.count < Self.smallCount }
  static let smallCount = 50

  /// The page as one that moves no stream: its events came from elsewhere.
  public var withoutPosition: FeedPage {
    FeedPage(
      events: events, fresh: fresh, position: nil, createdAfter: nil, requestedPosition: requestedPosition,
      isCaughtUp: isCaughtUp)
  }

  /// The new events in Box's order.
  public var freshEvents: some Collection<Event> {
    fresh.lazy.map { [entries = events.entries] in entries[$0] }
  }
}
