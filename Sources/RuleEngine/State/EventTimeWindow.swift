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

  var entries: ArraySlice<Entry> { storage[head...] }
  var count: Int { storage.count - head }

  init() {}

  /// - Parameter entries: in order of time.
  init(newest: Timestamp, entries: [Entry]) {
    self.newest = newest
    storage = entries
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
    storage = []
    head = 0
    return all
  }

  /// Puts back what `takeAll` gave.
  mutating func putBack(_ entries: ArraySlice<Entry>) {
    storage = Array(entries)
    head = 0
  }

  private func placeBehind(_ time: Timestamp) -> Int { storage.partitionIndex(from: head) { $0.at > time } }

  private mutating func leave(_ change: inout Change) {
    change.left.append(storage[head])
    head += 1
  }

  private mutating func dropWhatLeft() {
    guard head >= 32, head * 2 >= storage.count else { return }
    storage.removeFirst(head)
    head = 0
  }
}
