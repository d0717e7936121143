import BoxClient
import Synchronization

/// `box.kv.shared`: one store for all rule files, whichever thread they are on.
final class SharedStore: Sendable {
  private let store: Mutex<KeyValueStore>

  /// - Parameter cells: what an earlier run has left.
  init(cells: [StateCell] = []) {
    store = Mutex(KeyValueStore(entries: KeyValueStore.entries(cells)))
  }

  /// Holds what these cells hold from now on.
  func replace(with cells: [StateCell]) {
    store.withLock { $0 = KeyValueStore(entries: KeyValueStore.entries(cells)) }
  }

  /// Removes keys whose time to live is over, as often as a store does that.
  func sweep(at now: Timestamp) { store.withLock { _ = $0.sweep(at: now) } }

  func with<Result>(_ body: (inout KeyValueStore) throws -> Result) rethrows -> Result {
    try store.withLock { try body(&$0) }
  }
}

/// `box.kv.shared` as it was committed: the writes of calls, in the order of their commits.
///
/// The store that scripts see may be ahead: what another file wrote there is committed with that file's own work.
public struct CommittedSharedStore: Sendable {
  private var store: KeyValueStore

  /// - Parameter cells: what an earlier run has left.
  public init(cells: [StateCell]) { store = KeyValueStore(entries: KeyValueStore.entries(cells)) }

  /// Carries writes out and removes keys whose time to live is over; what a ledger has to write.
  public mutating func apply(_ writes: [SharedWrites]) -> [StateCell] {
    var keys = Set<ByteKey>()
    for one in writes { keys.formUnion(one.writes.apply(to: &store, at: one.at)) }
    if let now = writes.last?.at { keys.formUnion(store.sweep(at: now)) }
    return keys.map { key in
      StateCell(part: .keyValue, key: Array(key.text.utf8), value: store.entries[key].map(RuleState.bytes))
    }
  }
}

extension KeyValueStore {
  fileprivate static func entries(_ cells: [StateCell]) -> [ByteKey: Entry] {
    var entries: [ByteKey: Entry] = [:]
    for cell in cells where cell.part == .keyValue {
      var reader = CellReader(cell.value ?? [])
      guard let entry = try? RuleState.entry(&reader) else { continue }
      entries[ByteKey(String(decoding: cell.key, as: UTF8.self))] = entry
    }
    return entries
  }
}
