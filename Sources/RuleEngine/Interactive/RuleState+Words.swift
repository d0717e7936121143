import BoxClient

extension RuleState {
  /// What is under these keys, a line each: for a person.
  func inWords(_ keys: Changes) -> [String] {
    var lines = keys.keyValues.sorted().map { "kv \(keyValues.inWords($0))" }
    lines += keys.onceKeys.sorted().map { key in
      onceKeys.takenUntil[key].map { "once \(key.text) until \($0)" } ?? "once \(key.text) free"
    }
    for (name, keys) in keys.windows.sorted(by: { $0.key < $1.key }) {
      lines += keys.sorted().map { "window \(name), \($0.text): \(windows[name]?.count($0.text) ?? 0)" }
    }
    return lines
  }
}

extension KeyValueStore {
  /// What a key holds: for a person.
  func inWords(_ key: ByteKey) -> String { entries[key].inWords(key) }
}

extension KeyValueOverlay {
  /// What was written, a line each: for a person.
  var inWords: [String] {
    writes.sorted { $0.key < $1.key }.map { "kv.shared \($1.entry.inWords($0))" }
  }
}

extension KeyValueStore.Entry? {
  fileprivate func inWords(_ key: ByteKey) -> String {
    map { "\(key.text) = \(String(decoding: $0.value, as: UTF8.self))" } ?? "\(key.text) deleted"
  }
}
