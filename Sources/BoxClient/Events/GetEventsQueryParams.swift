/// The query of GET /events (PROTOCOL.md, section 3 "Parameters"). What is nil is left to Box.
public struct GetEventsQueryParams: Sendable, Equatable {
  /// Box's default: `all`.
  public var streamType: StreamType?
  /// Box's default: everything that is still kept.
  public var streamPosition: StreamPosition?
  /// Events a page: Box's default is 100, its maximum 500. Fewer may come although more are there.
  public var limit: Int?
  /// Heeded on the enterprise streams only.
  public var eventType: [String]?
  /// Heeded on `admin_logs` only.
  public var createdAfter: Timestamp?
  /// Heeded on `admin_logs` only.
  public var createdBefore: Timestamp?

  public init(
    streamType: StreamType? = nil, streamPosition: StreamPosition? = nil, limit: Int? = nil, eventType: [String]? = nil,
    createdAfter: Timestamp? = nil, createdBefore: Timestamp? = nil
  ) {
    self.streamType = streamType
    self.streamPosition = streamPosition
    self.limit = limit
    self.eventType = eventType
    self.createdAfter = createdAfter
    self.createdBefore = createdBefore
  }

  var items: [(name: String, value: String)] {
    var items: [(String, String)] = []
    if let streamType { items.append(("stream_type", streamType.rawValue)) }
    if let streamPosition { items.append(("stream_position", streamPosition.text)) }
    if let limit { items.append(("limit", String(limit))) }
    if let eventType, !eventType.isEmpty { items.append(("event_type", eventType.joined(separator: ","))) }
    if let createdAfter { items.append(("created_after", createdAfter.queryText)) }
    if let createdBefore { items.append(("created_before", createdBefore.queryText)) }
    return items
  }
}
