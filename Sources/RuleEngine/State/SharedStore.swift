import Synchronization

/// `box.kv.shared`: one store for all rule files, whichever thread they are on.
final class SharedStore: Sendable {
  private let store = Mutex(KeyValueStore())

  func with<Result>(_ body: (inout KeyValueStore) throws -> Result) rethrows -> Result {
    try store.withLock { try body(&$0) }
  }
}
