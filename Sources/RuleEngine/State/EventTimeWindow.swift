import BoxClient

/// What one key has seen within a span of event time, in order of time whatever the order in which it came.
struct EventTimeWindow: Sendable {
  struct Entry: Equatable, Sendable {
    let at: Timestamp
    let value: String?
  }

  /// What an addition changed, and what undoes it.
  struct Change: Sendable {
    /// Nil where the key was new.
    fileprivate let previousNewest: Timestamp?
    /// Nil where the event was too old to count.
    let inserted: Entry?
    /// What left the window, oldest first.
    var left: [Entry]

    /// Whether the key was seen for the first time.
    var isFirst: Bool { previousNewest == nil }
  }

  /// The newest event time that was seen.
  private(set) var newest: Timestamp?
  /// What was in the window stays in front of `head` until half of the array is that: removing from the front each time
  /// would move all the rest.
  private var storage: [Entry] = []
  private var head = 0

  /// The segments that an addition changed, or more of them, since they were stored.
  private(set) var touched = SegmentSet()
  /// Seconds of event time that a segment covers: what is stored apart, so that an event in a large window costs no more
  /// than one in a small one. The same for as long as the key is known.
  let segmentSpan: Int64

  var entries: ArraySlice<Entry> { storage[head...] }
  var count: Int { storage.count - head }

  init(segmentSpan: Int64) { self.segmentSpan = segmentSpan }

  /// What an earlier run has left.
  ///
  /// - Parameter entries: in order of time.
  init(newest: Timestamp, entries: [Entry], segmentSpan: Int64) {
    self.newest = newest
    storage = entries
    self.segmentSpan = segmentSpan
  }

  /// Adds an event. One that is older than the newest minus `span` is left out, one that is newer than the newest lets
  /// others leave. Where `limit` entries are there already, the oldest leaves.
  mutating func add(_ entry: Entry, span: Duration, limit: Int) -> Change {
    let previousNewest = newest
    let newest = max(previousNewest ?? entry.at, entry.at)
    let oldestCounted = newest - span
    guard entry.at >= oldestCounted else { return Change(previousNewest: previousNewest, inserted: nil, left: []) }
    self.newest = newest
    var change = Change(previousNewest: previousNewest, inserted: entry, left: [])
    while let oldest = entries.first, oldest.at < oldestCounted { leave(&change) }
    if count >= limit {
      guard entry.at >= storage[head].at else {
        return Change(previousNewest: previousNewest, inserted: nil, left: change.left)
      }
      while count >= limit { leave(&change) }
    }
    let place = entries.last.map { $0.at <= entry.at } ?? true ? storage.count : placeBehind(entry.at)
    storage.insert(entry, at: place)
    touched.insert(segment(of: entry.at))
    dropWhatLeft()
    return change
  }

  /// Takes an addition back; whatever came after it must have been taken back before.
  mutating func undo(_ change: Change) {
    if let inserted = change.inserted {
      // Of several equal entries any will do.
      var place = placeBehind(inserted.at) - 1
      while storage[place] != inserted { place -= 1 }
      storage.remove(at: place)
    }
    storage.replaceSubrange(..<head, with: change.left)
    head = 0
    newest = change.previousNewest
  }

  /// Empties the window and gives what was in it. The newest event time stays.
  mutating func takeAll() -> ArraySlice<Entry> {
    let all = entries
    touched.formUnion(allSegments)
    storage = []
    head = 0
    return all
  }

  /// Puts back what `takeAll` gave.
  mutating func putBack(_ entries: ArraySlice<Entry>) {
    storage = Array(entries)
    head = 0
  }

  // MARK: Segments

  private func segment(of time: Timestamp) -> Int64 {
    let seconds = time.seconds
    return seconds >= 0 ? seconds / segmentSpan : (seconds - segmentSpan + 1) / segmentSpan
  }

  /// The segments that have entries.
  var allSegments: SegmentSet {
    var segments = SegmentSet()
    for entry in entries { segments.insert(segment(of: entry.at)) }
    return segments
  }

  func entries(ofSegment number: Int64) -> ArraySlice<Entry> {
    let (begin, overflow) = number.multipliedReportingOverflow(by: segmentSpan)
    if overflow { return [] }
    let from = storage.partitionIndex(from: head) { $0.at.seconds >= begin }
    let to = storage.partitionIndex(from: from) { $0.at.seconds - begin >= segmentSpan }
    return storage[from..<to]
  }

  /// What was touched is stored.
  mutating func stored() { touched = SegmentSet() }

  /// What is stored is not in these segments, or in others as well.
  mutating func touchAll(and others: [Int64] = []) {
    touched.formUnion(allSegments)
    for number in others { touched.insert(number) }
  }

  private func placeBehind(_ time: Timestamp) -> Int { storage.partitionIndex(from: head) { $0.at > time } }

  private mutating func leave(_ change: inout Change) {
    change.left.append(storage[head])
    touched.insert(segment(of: storage[head].at))
    head += 1
  }

  private mutating func dropWhatLeft() {
    guard head >= 32, head * 2 >= storage.count else { return }
    storage.removeFirst(head)
    head = 0
  }
}

/// Numbers of segments. Nearly always the same one comes again.
struct SegmentSet: Sendable {
  private(set) var numbers: Set<Int64> = []
  private var last: Int64?

  mutating func insert(_ number: Int64) {
    if number == last { return }
    last = number
    numbers.insert(number)
  }

  mutating func formUnion(_ other: SegmentSet) { numbers.formUnion(other.numbers) }
}
