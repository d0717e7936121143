import Synchronization

/// References to Lua functions that nobody holds any more. They are let go by the state's own thread, whichever thread
/// dropped the last hold on them.
final class ReleaseQueue: Sendable {
  private let waiting = Mutex<[Int64]>([])

  func add(_ reference: Int64) {
    waiting.withLock { $0.append(reference) }
  }

  func take() -> [Int64] {
    waiting.withLock { waiting in
      defer { if !waiting.isEmpty { waiting = [] } }
      return waiting
    }
  }
}
