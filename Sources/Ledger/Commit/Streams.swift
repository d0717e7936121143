/// Where a stream stands.
public struct StreamProgress: Sendable, Hashable {
  public var stream: String
  /// Opaque text of Box. In a commit nil keeps the stored one.
  public var position: String?
  /// The time from which a stream without a position begins, RFC 3339. Given without a position it takes the place of
  /// a stored one; a position that is given without it ends it.
  public var createdAfter: String?

  public init(stream: String, position: String? = nil, createdAfter: String? = nil) {
    self.stream = stream
    self.position = position
    self.createdAfter = createdAfter
  }
}

/// Ids of events that were handled, those of one page.
public struct SeenDigests: Sendable, Hashable {
  /// Bytes of a digest.
  public static let size = 16

  /// The feed that they belong to: streams that show the same events share one.
  public var feed: String
  /// Packed digests, the oldest first.
  public var digests: [UInt8]

  /// - Precondition: `digests` has a multiple of 16 bytes.
  public init(feed: String, digests: [UInt8]) {
    precondition(digests.count.isMultiple(of: Self.size), "digests have 16 bytes each")
    self.feed = feed
    self.digests = digests
  }
}

/// A stretch of a stream that may have passed unseen.
public struct NewGap: Sendable, Hashable {
  public var stream: String
  public var noticed: Int64
  /// Where it begins and ends: times or positions, as far as they are known.
  public var from: String?
  public var to: String?
  public var reason: String
  public var filled: Bool

  public init(
    stream: String, noticed: Int64, from: String? = nil, to: String? = nil, reason: String, filled: Bool = false
  ) {
    self.stream = stream
    self.noticed = noticed
    self.from = from
    self.to = to
    self.reason = reason
    self.filled = filled
  }
}

public struct Gap: Sendable, Hashable, Identifiable {
  public let id: Int64
  public let gap: NewGap
}
