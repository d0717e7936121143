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

  /// How many empty pages in a row are no end yet. Box marks none, and has sent empty pages where there was more.
  struct Doubts: Sendable {
    /// Those without a usable position: on `admin_logs` they are how the stream ends.
    var withoutPosition = 0
    /// Those whose position moved: Box may move it at the end of a stream as well.
    var moved = 0
    /// Whether anything new renews them; else a large page does, so that an end comes though events go on.
    var renews = false

    /// For whoever asks again soon in any case.
    static let none = Doubts()
    /// For whoever then listens to a server that may be silent for long.
    static let listener = Doubts(withoutPosition: 1, renews: true)
    /// For whoever does not ask again.
    static let last = Doubts(withoutPosition: 2, moved: 3)
    /// The same where Box may filter whole pages away.
    static let lastFiltered = Doubts(withoutPosition: 2, moved: 60)
  }

  private(set) var position: StreamPosition?
  private(set) var createdAfter: Timestamp?
  /// Positions met since the last page with something new. Box may answer in circles.
  private var dryPositions: Set<StreamPosition> = []
  /// A circle longer than this is left all the same; the next poll begins where this one stood.
  static let longestDryRun = 10_000

  private let doubts: Doubts
  private var doubted = Doubts.none
  /// When the first page was served, by Box's time.
  private var begun: Timestamp?
  /// Small pages of what has happened since.
  private var latePages = 0
  /// So many are read on, since clocks differ; more would be read for ever.
  static let mostLatePages = 100

  init(position: StreamPosition?, createdAfter: Timestamp? = nil, doubts: Doubts = .none) {
    self.position = position
    self.createdAfter = createdAfter
    self.doubts = doubts
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
    // There was more after all.
    if page.isLarge || doubts.renews && page.fresh > 0 { doubted = .none }
    begun = begun ?? page.servedAt
    if page.fresh > 0 {
      dryPositions.removeAll()
      if let newest = page.newest, let begun, newest > begun, !page.isLarge { latePages += 1 }
      return latePages > Self.mostLatePages ? caughtUp() : .again
    }
    if page.count == 0 {
      return isDoubtful(page, asked: asked) ? .againAfterPause : caughtUp()
    }
    guard position != asked, dryPositions.count < Self.longestDryRun else { return caughtUp() }
    if let asked { dryPositions.insert(asked) }
    guard let position, !dryPositions.contains(position) else { return caughtUp() }
    return .againAfterPause
  }

  /// Whether an empty page may be none of the end.
  private mutating func isDoubtful(_ page: PageSummary, asked: StreamPosition?) -> Bool {
    // The answer to `now` is empty.
    guard asked != .now else { return false }
    if page.nextPosition?.isResumable != true {
      guard doubted.withoutPosition < doubts.withoutPosition else { return false }
      doubted.withoutPosition += 1
      return true
    }
    guard position != asked, doubted.moved < doubts.moved else { return false }
    doubted.moved += 1
    return true
  }

  private mutating func caughtUp() -> Step {
    dryPositions.removeAll()
    doubted = .none
    return .caughtUp
  }
}
