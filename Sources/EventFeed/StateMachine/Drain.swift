import BoxClient

/// Reading a stream until nothing new comes: which page is the last, and which position counts (PROTOCOL.md,
/// section 3 "End of data").
struct Drain: Sendable {
  /// What follows a page.
  enum Step: Equatable {
    case again
    /// The page held only what is known, but the stream moves on.
    case againAfterPause
    case caughtUp
  }

  private(set) var position: StreamPosition?
  private(set) var createdAfter: Timestamp?
  /// Positions met since the last page with something new. Box may answer in circles.
  private var dryPositions: Set<StreamPosition> = []
  /// A circle longer than this is left all the same; the next poll begins where this one stood.
  static let longestDryRun = 10_000

  /// Whether an empty page without a usable position is looked at twice: on `admin_logs` it is how the stream ends, on
  /// user streams a way in which Box has lied.
  private let doubtsEmptyPages: Bool
  private var hasDoubted = false

  init(position: StreamPosition?, createdAfter: Timestamp? = nil, doubtsEmptyPages: Bool = false) {
    self.position = position
    self.doubtsEmptyPages = doubtsEmptyPages
    self.createdAfter = createdAfter
  }

  var request: FetchRequest {
    FetchRequest(position: position, createdAfter: position == nil ? createdAfter : nil)
  }

  /// Moves the beginning of a stream that begins at a time.
  mutating func beginNoLater(than time: Timestamp) {
    createdAfter = createdAfter.map { min($0, time) }
  }

  mutating func pageArrived(_ page: PageSummary) -> Step {
    let asked = position
    // `0`, nothing or a word never replaces a position.
    if let next = page.nextPosition, next.isResumable { position = next }
    if page.fresh > 0 {
      dryPositions.removeAll()
      hasDoubted = false
      return .again
    }
    if doubtsEmptyPages, !hasDoubted, page.count == 0, page.nextPosition?.isResumable != true,
      asked?.isResumable == true
    {
      hasDoubted = true
      return .againAfterPause
    }
    guard page.count > 0, position != asked, dryPositions.count < Self.longestDryRun else { return caughtUp() }
    if let asked { dryPositions.insert(asked) }
    guard let position, !dryPositions.contains(position) else { return caughtUp() }
    return .againAfterPause
  }

  private mutating func caughtUp() -> Step {
    dryPositions.removeAll()
    hasDoubted = false
    return .caughtUp
  }
}
