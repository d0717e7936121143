import BoxClient

/// A window of event time for each key. `SlidingWindows` and `Threshold` are made of it.
struct KeyedWindows: Sendable {
  /// How long before its newest event a key's events count.
  var span: Duration
  /// Entries that a key holds at most.
  let limit: Int
  private(set) var windows: [ByteKey: EventTimeWindow]
  /// The newest event time of all keys.
  private(set) var newest: Timestamp?
  private var additionsSinceSweep = 0
  /// The segments of windows that are gone, until that is stored.
  private var removed: [ByteKey: SegmentSet] = [:]

  struct Change: Sendable {
    fileprivate let previousNewest: Timestamp?
    fileprivate(set) var window: EventTimeWindow.Change
  }

  init(span: Duration, limit: Int, windows: [ByteKey: EventTimeWindow] = [:]) {
    self.span = span
    self.limit = limit
    self.windows = windows
    newest = windows.values.compactMap(\.newest).max()
  }

  mutating func add(_ entry: EventTimeWindow.Entry, to key: ByteKey) -> Change {
    let previousNewest = newest
    newest = max(previousNewest ?? entry.at, entry.at)
    additionsSinceSweep += 1
    let change = windows[key, default: EventTimeWindow(segmentSpan: Self.segmentSpan(of: span))].add(
      entry, span: span, limit: limit)
    return Change(previousNewest: previousNewest, window: change)
  }

  mutating func undo(_ change: Change, of key: ByteKey) {
    newest = change.previousNewest
    if change.window.isFirst {
      windows[key] = nil
    } else {
      windows[key]?.undo(change.window)
    }
  }

  mutating func remove(_ key: ByteKey) -> EventTimeWindow? {
    guard let window = windows.removeValue(forKey: key) else { return nil }
    removed[key, default: SegmentSet()].formUnion(window.allSegments)
    removed[key]?.formUnion(window.touched)
    return window
  }

  mutating func restore(_ window: EventTimeWindow, of key: ByteKey) { windows[key] = window }

  mutating func takeAll(_ key: ByteKey) -> ArraySlice<EventTimeWindow.Entry> { windows[key]?.takeAll() ?? [] }

  mutating func putBack(_ entries: ArraySlice<EventTimeWindow.Entry>, of key: ByteKey) {
    windows[key]?.putBack(entries)
  }

  /// Keys that are kept however long nothing came for them: what a key counts is relative to its own newest event
  /// (LUA_API.md, "Thresholds and deduplication").
  static let keptKeys = 10_000

  /// Where there are more than `kept` keys, drops those that nothing came for in two spans, and at least in a span and
  /// ten minutes, for events that come late. Measured by the newest event time of all keys, or by `now` where that is
  /// earlier: one event with a time far ahead must not empty all the others' windows. Looks at the keys only when as
  /// many additions have come as there are keys, so that it costs next to nothing to call it after every page.
  mutating func sweep(at now: Timestamp, keeping kept: Int = keptKeys) -> [ByteKey] {
    guard let newest, windows.count > kept, additionsSinceSweep >= windows.count else { return [] }
    additionsSinceSweep = 0
    let oldestKept = min(newest, now) - span - max(span, .seconds(600))
    let idle = windows.lazy.filter { $0.value.newest.map { $0 < oldestKept } ?? true }.map(\.key)
    let keys = Array(idle)
    for key in keys { _ = remove(key) }
    return keys
  }

  // MARK: Storing

  /// Seconds that a segment covers: a 64th of the window.
  static func segmentSpan(of span: Duration) -> Int64 { max(1, span.components.seconds / 64) }

  /// The segments of a key whose entries may be others than those stored.
  func touchedSegments(of key: ByteKey) -> Set<Int64> {
    (windows[key]?.touched.numbers ?? []).union(removed[key]?.numbers ?? [])
  }

  /// What the key holds is stored.
  mutating func stored(_ key: ByteKey) {
    windows[key]?.stored()
    removed[key] = nil
  }
}
