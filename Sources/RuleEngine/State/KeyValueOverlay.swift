import BoxClient

/// What one handler has written into a store that several rule files share (`box.kv.shared`), until it commits.
///
/// An undo journal would not do here: while one handler waits, another file's handler reads and writes, and must
/// neither see what may be taken back nor lose its own write when it is. So a handler's writes stand aside; it reads
/// through them; `apply` carries them out. Counting up is carried out as such: two handlers that count the same key
/// both count.
struct KeyValueOverlay: Sendable {
  enum Write: Equatable, Sendable {
    case put(KeyValueStore.Entry)
    case delete
    /// `result` is what the handler saw, stored where the key holds no number any more.
    case add(JSONNumber, result: KeyValueStore.Entry)

    /// What the handler reads.
    var entry: KeyValueStore.Entry? {
      switch self {
      case .put(let entry), .add(_, result: let entry): entry
      case .delete: nil
      }
    }
  }

  private(set) var writes: [ByteKey: Write] = [:]

  var isEmpty: Bool { writes.isEmpty }

  /// The keys whose values are replaced, whatever they are; those that are counted up are not.
  var replaced: [ByteKey] {
    writes.compactMap { key, write in
      if case .add = write { nil } else { key }
    }
  }

  func get(_ key: String, in store: borrowing KeyValueStore, at now: Timestamp) -> [UInt8]? {
    entry(ByteKey(key), in: store, at: now)?.value
  }

  mutating func set(_ key: String, _ value: [UInt8], timeToLive: Duration? = nil, at now: Timestamp) {
    writes[ByteKey(key)] = .put(KeyValueStore.Entry(value: value, expiresAt: timeToLive.map { now + $0 }))
  }

  mutating func delete(_ key: String) { writes[ByteKey(key)] = .delete }

  mutating func increment(
    _ key: String, by step: JSONNumber = .integer(1), in store: borrowing KeyValueStore, at now: Timestamp
  ) throws(KeyValueError) -> JSONNumber {
    let byteKey = ByteKey(key)
    let (entry, sum) = try KeyValueStore.sum(of: entry(byteKey, in: store, at: now), and: step, key: key)
    switch writes[byteKey] {
    case nil:
      writes[byteKey] = .add(step, result: entry)
    case .add(let before, _):
      // Two steps of which each fits, but not both, are told by the result alone.
      writes[byteKey] = before.adding(step).map { .add($0, result: entry) } ?? .put(entry)
    case .put, .delete:
      writes[byteKey] = .put(entry)
    }
    return sum
  }

  func keys(prefix: String, in store: borrowing KeyValueStore, at now: Timestamp) -> [String] {
    let bytePrefix = ByteKey(prefix)
    var keys = Set(store.keys(prefix: prefix, at: now).map { ByteKey($0) })
    for (key, write) in writes where key.hasPrefix(bytePrefix) {
      if write.entry?.isLive(at: now) == true { keys.insert(key) } else { keys.remove(key) }
    }
    return keys.sorted().map(\.text)
  }

  /// Carries the writes out in the store. Returns the keys that were written.
  @discardableResult
  func apply(to store: inout KeyValueStore, at now: Timestamp) -> Set<ByteKey> {
    for (key, write) in writes {
      if case .add(let step, _) = write, (try? store.increment(key.text, by: step, at: now)) != nil { continue }
      store.put(write.entry, for: key)
    }
    return Set(writes.keys)
  }

  private func entry(_ key: ByteKey, in store: borrowing KeyValueStore, at now: Timestamp) -> KeyValueStore.Entry? {
    guard let write = writes[key] else { return store.entry(key, at: now) }
    return write.entry.flatMap { $0.isLive(at: now) ? $0 : nil }
  }
}
