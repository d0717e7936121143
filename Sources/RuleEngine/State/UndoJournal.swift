/// What takes back the changes since a handler began.
///
/// A copy of the state would be simpler, and cost a copy of whole dictionaries at a handler's first write. The journal
/// costs what was changed, and nothing while it is closed.
struct UndoJournal<State: Sendable, Key: Hashable & Sendable>: Sendable {
  typealias Undo = @Sendable (inout State) -> Void

  private(set) var isOpen = false
  private var steps: [(key: Key, undo: Undo)] = []

  /// Changes since the journal was opened.
  var count: Int { steps.count }

  /// Remembers how to take back a change that is made now. Call it for every change, before or after it.
  @inline(__always)
  mutating func record(_ key: Key, _ undo: @escaping Undo) {
    if isOpen { steps.append((key, undo)) }
  }

  fileprivate mutating func open() {
    precondition(!isOpen, "a handler began before the one before it had ended")
    isOpen = true
  }

  /// Closes the journal and gives its changes, oldest first.
  fileprivate mutating func close() -> [(key: Key, undo: Undo)] {
    precondition(isOpen, "no handler has begun")
    isOpen = false
    defer { steps.removeAll(keepingCapacity: steps.capacity <= 64) }
    return steps
  }
}

/// State whose changes can be taken back: a handler that fails leaves nothing behind.
protocol Transactional: Sendable {
  associatedtype Key: Hashable & Sendable
  var journal: UndoJournal<Self, Key> { get set }
}

extension Transactional {
  mutating func begin() { journal.open() }

  /// Keeps the changes since `begin`. Returns the keys that changed, for a ledger to write or to delete.
  @discardableResult
  mutating func commit() -> Set<Key> { Set(journal.close().lazy.map(\.key)) }

  /// Takes back the changes since `begin`, the newest first.
  mutating func rollBack() {
    for step in journal.close().reversed() { step.undo(&self) }
  }
}
