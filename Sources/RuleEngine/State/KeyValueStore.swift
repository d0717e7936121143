import BoxClient

/// The keys and values of one namespace (`box.kv`). Values are JSON texts, which nobody but `increment` looks into.
///
/// A key whose time to live is over reads as missing at once; `sweep` removes it.
struct KeyValueStore: Transactional {
  struct Entry: Equatable, Sendable {
    var value: [UInt8]
    /// Nil = for ever.
    var expiresAt: Timestamp?

    func isLive(at now: Timestamp) -> Bool { expiresAt.map { now < $0 } ?? true }
  }

  var journal = UndoJournal<KeyValueStore, ByteKey>()
  private(set) var entries: [ByteKey: Entry]
  /// Entries that were given a time to live since the last sweep.
  private var expiringSinceSweep: Int

  /// - Parameter entries: what an earlier run has left.
  init(entries: [ByteKey: Entry] = [:]) {
    self.entries = entries
    expiringSinceSweep = entries.count
  }

  func get(_ key: String, at now: Timestamp) -> [UInt8]? { entry(ByteKey(key), at: now)?.value }

  /// The entry, unless its time to live is over.
  func entry(_ key: ByteKey, at now: Timestamp) -> Entry? {
    entries[key].flatMap { $0.isLive(at: now) ? $0 : nil }
  }

  /// - Parameter timeToLive: nil = for ever, also where the key had an end before.
  mutating func set(_ key: String, _ value: [UInt8], timeToLive: Duration? = nil, at now: Timestamp) {
    put(Entry(value: value, expiresAt: timeToLive.map { now + $0 }), for: ByteKey(key))
  }

  /// Adds to a number, which a missing key begins with 0, and returns the sum. The key's end stays.
  mutating func increment(
    _ key: String, by step: JSONNumber = .integer(1), at now: Timestamp
  ) throws(KeyValueError) -> JSONNumber {
    let (entry, sum) = try Self.sum(of: entry(ByteKey(key), at: now), and: step, key: key)
    put(entry, for: ByteKey(key))
    return sum
  }

  mutating func delete(_ key: String) { put(nil, for: ByteKey(key)) }

  /// The keys that begin with `prefix`, in the order of their bytes. Looks at all keys.
  func keys(prefix: String, at now: Timestamp) -> [String] {
    let prefix = ByteKey(prefix)
    return entries.filter { $0.key.hasPrefix(prefix) && $0.value.isLive(at: now) }.map(\.key).sorted().map(\.text)
  }

  /// Stores the entry, or removes the key where it is nil.
  mutating func put(_ entry: Entry?, for key: ByteKey) {
    let previous: Entry?
    if let entry {
      previous = entries.updateValue(entry, forKey: key)
      if entry.expiresAt != nil { expiringSinceSweep += 1 }
    } else {
      previous = entries.removeValue(forKey: key)
      if previous == nil { return }
    }
    journal.record(key) { $0.entries[key] = previous }
  }

  /// Removes keys whose time to live is over, and names them. Looks only when half as many as there are were given one
  /// since, so that it may be called after every page. Does nothing while a handler runs.
  mutating func sweep(at now: Timestamp) -> [ByteKey] {
    guard !journal.isOpen, expiringSinceSweep > 0, expiringSinceSweep >= entries.count / 2 else { return [] }
    let expired = entries.filter { !$0.value.isLive(at: now) }.map(\.key)
    expiringSinceSweep = 0
    for key in expired { entries[key] = nil }
    return expired
  }

  /// What `increment` makes of an entry.
  static func sum(
    of entry: Entry?, and step: JSONNumber, key: String
  ) throws(KeyValueError) -> (entry: Entry, sum: JSONNumber) {
    var entry = entry ?? Entry(value: JSONNumber.integer(0).json)
    guard let value = JSONNumber(json: entry.value) else {
      throw .noNumber(key: key, found: KeyValueError.kind(ofJSON: entry.value))
    }
    guard let sum = value.adding(step) else { throw .overflow(key: key, value: value, by: step) }
    entry.value = sum.json
    return (entry, sum)
  }
}
