import BoxClient

/// Keys that are taken for a period (`box.once`).
struct OnceKeys: Transactional {
  var journal = UndoJournal<OnceKeys, ByteKey>()
  /// Until when each key is taken.
  private(set) var takenUntil: [ByteKey: Timestamp]
  private var takenSinceSweep = 0

  /// - Parameter takenUntil: what an earlier run has left.
  init(takenUntil: [ByteKey: Timestamp] = [:]) {
    self.takenUntil = takenUntil
  }

  /// True the first time, and again when the period that began then is over.
  mutating func isFirst(_ key: String, within period: Duration, at now: Timestamp) -> Bool {
    let key = ByteKey(key)
    let previous = takenUntil[key]
    if let previous, now < previous { return false }
    takenUntil[key] = now + period
    takenSinceSweep += 1
    journal.record(key) { $0.takenUntil[key] = previous }
    return true
  }

  /// Takes the key until then, or frees it where that is nil.
  mutating func put(_ end: Timestamp?, for key: ByteKey) {
    let previous = takenUntil[key]
    takenUntil[key] = end
    takenSinceSweep += 1
    journal.record(key) { $0.takenUntil[key] = previous }
  }

  /// Drops keys whose period is over, and names them. Looks only when as many were taken as there are. Does nothing
  /// while a handler runs.
  mutating func sweep(at now: Timestamp) -> [ByteKey] {
    guard !journal.isOpen, takenSinceSweep > 0, takenSinceSweep >= takenUntil.count / 2 else { return [] }
    takenSinceSweep = 0
    let over = takenUntil.filter { $0.value <= now }.map(\.key)
    for key in over { takenUntil[key] = nil }
    return over
  }
}
