import BoxClient

/// A rule's threshold: so many events of one key within a span of event time.
struct Threshold: Transactional {
  /// The threshold was reached.
  struct Hit: Equatable, Sendable {
    let key: String
    let count: Int
    /// The earliest event time among those counted.
    let firstAt: Timestamp
    let lastAt: Timestamp
    /// Of the events counted, in order of their times.
    let eventIDs: [String]
  }

  /// How many events make a hit, from 1 on.
  let count: Int
  var journal = UndoJournal<Threshold, ByteKey>()
  private var keyed: KeyedWindows

  /// - Parameter windows: what an earlier run has left.
  init(count: Int, within span: Duration, windows: [ByteKey: EventTimeWindow] = [:]) {
    precondition(count >= 1, "a threshold of \(count)")
    self.count = count
    keyed = KeyedWindows(span: span, limit: count, windows: windows)
  }

  /// The span may be set when a rule file was changed; the next event of each key applies it.
  var span: Duration {
    get { keyed.span }
    set { keyed.span = newValue }
  }

  var windows: [ByteKey: EventTimeWindow] { keyed.windows }

  func touchedSegments(of key: ByteKey) -> Set<Int64> { keyed.touchedSegments(of: key) }
  mutating func stored(_ key: ByteKey) { keyed.stored(key) }

  /// Counts an event. Returns a hit where it is the one that reaches the threshold; the key's count then starts anew,
  /// but events that are too old for the newest that the key has seen still count nowhere.
  mutating func record(_ key: String, eventID: String?, at time: Timestamp) -> Hit? {
    let byteKey = ByteKey(key)
    let change = keyed.add(EventTimeWindow.Entry(at: time, value: eventID), to: byteKey)
    journal.record(byteKey) { $0.keyed.undo(change, of: byteKey) }
    // A lower threshold after a reload is reached by the next event that counts.
    guard change.window.inserted != nil, let window = keyed.windows[byteKey], window.count >= count,
      let first = window.entries.first, let last = window.entries.last
    else { return nil }
    let counted = keyed.takeAll(byteKey)
    journal.record(byteKey) { $0.keyed.putBack(counted, of: byteKey) }
    return Hit(
      key: key, count: counted.count, firstAt: first.at, lastAt: last.at,
      eventIDs: counted.suffix(count).compactMap(\.value))
  }

  /// Drops every key: the rule is not there any more.
  mutating func forgetAll() {
    for key in keyed.windows.keys { _ = keyed.remove(key) }
  }

  /// Drops keys that have been idle for long, and names them. Does nothing while a handler runs.
  mutating func sweep(at now: Timestamp, keeping kept: Int = KeyedWindows.keptKeys) -> [ByteKey] {
    journal.isOpen ? [] : keyed.sweep(at: now, keeping: kept)
  }
}
