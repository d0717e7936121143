import BoxClient

/// Holds back alerts of one rule and key for a period after the first was sent, and counts them.
///
/// Time is the caller's clock, which in tests of rules is a virtual one. `Subject` is what the caller needs to make a
/// summary of the alert that was sent (its title, severity, sinks); it is kept as it is.
struct Deduplicator<Subject: Sendable>: Transactional {
  struct Key: Hashable, Comparable, Sendable {
    let rule: ByteKey
    let key: ByteKey

    init(rule: String, key: String) {
      self.rule = ByteKey(rule)
      self.key = ByteKey(key)
    }

    static func < (one: Key, other: Key) -> Bool { (one.rule, one.key) < (other.rule, other.key) }
  }

  /// A period that began when an alert was sent.
  struct Period: Sendable {
    let subject: Subject
    let sentAt: Timestamp
    let end: Timestamp
    var heldBack = 0
    /// When the first and the last alert were held back; when the alert was sent while none was.
    var firstAt: Timestamp
    var lastAt: Timestamp
  }

  /// What is to be said of a period in which alerts were held back.
  struct Summary: Sendable {
    let rule: String
    let key: String
    let period: Period
    var heldBack: Int { period.heldBack }
    var firstAt: Timestamp { period.firstAt }
    var lastAt: Timestamp { period.lastAt }
  }

  /// A clock that is set right steps back by less. A period that began later than that from now was begun by one that
  /// was far ahead, and would hold alerts back for as long.
  private static var toleratedLead: Duration { .seconds(300) }

  var journal = UndoJournal<Deduplicator, Key>()
  private(set) var periods: [Key: Period] = [:]
  /// Periods that are over and whose key has begun another since, before anyone asked for the summary.
  private(set) var overtaken: [(key: Key, period: Period)] = []
  /// The ends of the periods. An item is void where its key has no period with that end any more.
  private var ends = DueQueue<Key>()

  init() {}

  /// What an earlier run has left.
  init(periods: [Key: Period], overtaken: [(key: Key, period: Period)]) {
    self.periods = periods
    self.overtaken = overtaken
    queueAll()
  }

  /// Whether the alert is to be sent. Otherwise it is held back and counted. A duration of zero holds nothing back.
  mutating func admits(
    rule: String, key: String, for duration: Duration, subject: @autoclosure () -> Subject, at now: Timestamp
  ) -> Bool {
    guard duration > .zero else { return true }
    let key = Key(rule: rule, key: key)
    let previous = periods[key]
    if let previous, previous.sentAt <= now + Self.toleratedLead, now < previous.end {
      holdBack(key, previous, at: now)
      return false
    }
    if let previous, previous.heldBack > 0 { overtake(key, previous) }
    put(Period(subject: subject(), sentAt: now, end: now + duration, firstAt: now, lastAt: now), for: key)
    journal.record(key) { $0.put(previous, for: key) }
    return true
  }

  /// When to call `expired(at:)` next; nil where nothing is held. It may turn out that there is nothing to sum up.
  var nextDue: Timestamp? {
    let waiting = overtaken.map(\.period.end).min()
    guard let next = ends.first?.due else { return waiting }
    return waiting.map { min($0, next) } ?? next
  }

  /// Removes the periods that are over and gives the summaries of those in which something was held back, by their end.
  mutating func expired(at now: Timestamp) -> [Summary] {
    var ended = takeOvertaken()
    while let next = ends.first, next.due <= now {
      ends.removeFirst()
      guard let period = periods[next.item], period.end == next.due else { continue }
      remove(next.item, period)
      ended.append((next.item, period))
    }
    return summaries(of: ended)
  }

  /// Gives the summaries of all that was held back, and counts anew: the watcher stops. The periods go on: the next run,
  /// which for one that cron starts is the usual case, holds back what belongs to them.
  mutating func drain() -> [Summary] {
    var told = takeOvertaken()
    for (key, period) in periods where period.heldBack > 0 {
      var counted = period
      counted.heldBack = 0
      periods[key] = counted
      journal.record(key) { $0.periods[key] = period }
      told.append((key, period))
    }
    return summaries(of: told)
  }

  /// Makes the key's period this one; nil ends it without a summary.
  mutating func put(_ period: Period?, at key: Key) {
    let previous = periods[key]
    put(period, for: key)
    journal.record(key) { $0.put(previous, for: key) }
  }

  private mutating func holdBack(_ key: Key, _ period: Period, at now: Timestamp) {
    var counted = period
    if counted.heldBack == 0 { counted.firstAt = now }
    counted.heldBack += 1
    counted.lastAt = now
    periods[key] = counted
    journal.record(key) { $0.periods[key] = period }
  }

  private mutating func overtake(_ key: Key, _ period: Period) {
    overtaken.append((key, period))
    journal.record(key) { $0.overtaken.removeLast() }
  }

  private mutating func takeOvertaken() -> [(key: Key, period: Period)] {
    let taken = overtaken
    guard let last = taken.last else { return [] }
    overtaken = []
    for (key, _) in taken.dropLast() { journal.record(key) { _ in } }
    journal.record(last.key) { $0.overtaken = taken }
    return taken
  }

  private mutating func remove(_ key: Key, _ period: Period) {
    periods[key] = nil
    journal.record(key) { $0.put(period, for: key) }
  }

  private mutating func put(_ period: Period?, for key: Key) {
    periods[key] = period
    guard let period else { return }
    ends.insert(key, due: period.end)
    // Handlers that fail leave void items behind; a rule that always fails must not fill the memory with them.
    if ends.count > 2 * periods.count + 64 { queueAll() }
  }

  private mutating func queueAll() {
    ends = DueQueue()
    for (key, period) in periods { ends.insert(key, due: period.end) }
  }

  private func summaries(of ended: [(key: Key, period: Period)]) -> [Summary] {
    ended.filter { $0.period.heldBack > 0 }.sorted { ($0.period.end, $0.key) < ($1.period.end, $1.key) }.map {
      Summary(rule: $0.key.rule.text, key: $0.key.key.text, period: $0.period)
    }
  }
}
