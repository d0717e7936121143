import BoxClient

/// One named window of a rule file: for each key the events of a span of event time (`box.window`).
///
/// Counts are relative to the newest event time that the key has seen. An event exactly a span older still counts, an
/// older one counts nowhere. Counts are exact up to `entryLimit` entries for each key; beyond it the oldest leave, so
/// that the count stays at the limit and is a lower bound.
struct SlidingWindows: Transactional {
  static let entryLimit = 100_000

  var journal = UndoJournal<SlidingWindows, ByteKey>()
  private var keyed: KeyedWindows
  /// How often each value is in the window; only of keys that have values.
  private var valueCounts: [ByteKey: [ByteKey: Int]] = [:]

  /// - Parameter windows: what an earlier run has left.
  init(span: Duration, entryLimit: Int = Self.entryLimit, windows: [ByteKey: EventTimeWindow] = [:]) {
    keyed = KeyedWindows(span: span, limit: entryLimit, windows: windows)
    for (key, window) in windows {
      for entry in window.entries { countValue(of: entry, by: 1, for: key) }
    }
  }

  /// Reading it is for a ledger. Setting it (a rule file was changed) lets the next addition of each key apply it; a
  /// longer span does not bring back what has left.
  var span: Duration {
    get { keyed.span }
    set { keyed.span = newValue }
  }

  var windows: [ByteKey: EventTimeWindow] { keyed.windows }

  func touchedSegments(of key: ByteKey) -> Set<Int64> { keyed.touchedSegments(of: key) }
  mutating func stored(_ key: ByteKey) { keyed.stored(key) }

  mutating func add(_ key: String, value: String? = nil, at time: Timestamp) {
    let key = ByteKey(key)
    let change = keyed.add(EventTimeWindow.Entry(at: time, value: value), to: key)
    countValues(of: change.window, by: 1, for: key)
    journal.record(key) {
      $0.keyed.undo(change, of: key)
      $0.countValues(of: change.window, by: -1, for: key)
    }
  }

  /// The events in the key's window.
  func count(_ key: String) -> Int { keyed.windows[ByteKey(key)]?.count ?? 0 }

  /// The different values in the key's window; events without a value are not among them.
  func distinct(_ key: String) -> Int { valueCounts[ByteKey(key)]?.count ?? 0 }

  /// Forgets the key.
  mutating func reset(_ key: String) {
    let key = ByteKey(key)
    guard let window = keyed.remove(key) else { return }
    let counts = valueCounts.removeValue(forKey: key)
    journal.record(key) {
      $0.keyed.restore(window, of: key)
      $0.valueCounts[key] = counts
    }
  }

  /// Makes the key's window this one; nil forgets the key.
  mutating func put(_ window: EventTimeWindow?, for key: ByteKey) {
    let previous = keyed.windows[key]
    exchange(previous, for: window, of: key)
    journal.record(key) { $0.exchange(window, for: previous, of: key) }
  }

  private mutating func exchange(_ old: EventTimeWindow?, for new: EventTimeWindow?, of key: ByteKey) {
    for entry in old?.entries ?? [] { countValue(of: entry, by: -1, for: key) }
    _ = keyed.remove(key)
    guard var new else { return }
    // It comes from elsewhere: what is stored of the old one says nothing of it.
    new.touchAll()
    keyed.restore(new, of: key)
    for entry in new.entries { countValue(of: entry, by: 1, for: key) }
  }

  /// Drops keys that have been idle for long, and names them. Does nothing while a handler runs.
  mutating func sweep(at now: Timestamp, keeping kept: Int = KeyedWindows.keptKeys) -> [ByteKey] {
    if journal.isOpen { return [] }
    let dropped = keyed.sweep(at: now, keeping: kept)
    for key in dropped { valueCounts[key] = nil }
    return dropped
  }

  private mutating func countValues(of change: EventTimeWindow.Change, by step: Int, for key: ByteKey) {
    for entry in change.left { countValue(of: entry, by: -step, for: key) }
    if let entry = change.inserted { countValue(of: entry, by: step, for: key) }
  }

  private mutating func countValue(of entry: EventTimeWindow.Entry, by step: Int, for key: ByteKey) {
    guard let value = entry.value.map({ ByteKey($0) }) else { return }
    valueCounts[key, default: [:]][value, default: 0] += step
    if valueCounts[key]?[value] == 0 { valueCounts[key]?[value] = nil }
    if valueCounts[key]?.isEmpty == true { valueCounts[key] = nil }
  }
}
