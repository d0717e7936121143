import BoxClient

/// What a chunk at a prompt beside a running watcher has changed on a copy, and what it wants done in the world. Nothing
/// of it counts before a rule file has taken it over.
public struct ChunkChanges: Sendable {
  let keys: RuleState.Changes
  let before: RuleState
  let after: RuleState
  let shared: KeyValueOverlay
  /// What `box.kv.shared` held when the chunk ran.
  let sharedBefore: KeyValueStore
  public let effects: [Effect]
  let at: Timestamp

  init(
    keys: RuleState.Changes, before: RuleState, after: RuleState, shared: KeyValueOverlay,
    sharedBefore: KeyValueStore, effects: [Effect], at: Timestamp
  ) {
    self.keys = keys
    self.before = before
    self.after = after
    self.shared = shared
    self.sharedBefore = sharedBefore
    self.effects = effects
    self.at = at
  }

  public var isEmpty: Bool {
    // A window that was only looked at is named without a key.
    let isRead =
      keys.keyValues.isEmpty && keys.onceKeys.isEmpty && keys.deduplicator.isEmpty
      && keys.windows.values.allSatisfy(\.isEmpty) && keys.thresholds.values.allSatisfy(\.isEmpty)
    return isRead && shared.isEmpty && effects.isEmpty
  }

  /// What would be remembered, in words.
  public var remembered: [String] { after.inWords(keys) + shared.inWords }

  fileprivate var sharedWrites: [SharedWrites] { shared.isEmpty ? [] : [SharedWrites(writes: shared, at: at)] }

  /// Carries out what was written into `box.kv.shared`, all of it or nothing.
  ///
  /// - Throws: ``ChunkRefusal/changedMeanwhile(_:)`` where a value that the chunk replaces is not the one that it found.
  fileprivate func apply(to store: SharedStore) throws {
    try store.with { store in
      let changed = shared.replaced.filter { sharedBefore.entry($0, at: at) != store.entry($0, at: at) }
      guard changed.isEmpty else {
        throw ChunkRefusal.changedMeanwhile(changed.sorted().map { "kv.shared \(store.inWords($0))" })
      }
      shared.apply(to: &store, at: at)
    }
  }

  fileprivate func outcomes(of identity: String) -> [Outcome] {
    effects.isEmpty ? [] : [Outcome(eventIndex: nil, handler: identity, effects: effects, failure: nil)]
  }
}

/// Why a chunk's changes were not taken over; nothing of them was.
public enum ChunkRefusal: Error, Sendable, CustomStringConvertible {
  /// A handler has the turn.
  case busy
  /// The chunk counted in a window as if it had another span, so what it made of it is not the rule's window.
  case spanDiffers(window: String)
  /// A rule, or another prompt, changed the same thing while the chunk ran.
  case changedMeanwhile([String])

  public var description: String {
    switch self {
    case .spanDiffers(let window):
      "the rule file has the window \(window) with another span; nothing was changed, name the rule's span"
    case .busy: "the rule file is busy with an event; nothing was changed"
    case .changedMeanwhile(let what):
      "the same was changed meanwhile (\(what.joined(separator: ", "))); nothing was changed, run it again"
    }
  }
}

extension RuleFile {
  /// Goes on with what a chunk has changed, between two of its calls, as if a handler of its own had.
  ///
  /// - Parameter patience: how long the turn is waited for.
  /// - Returns: what is to be committed, which must happen.
  public func takeOver(_ changes: ChunkChanges, within patience: Duration) async throws -> WorkResult {
    guard await turn.take(within: patience, on: self) else { throw ChunkRefusal.busy }
    defer { turn.pass() }
    for (name, keys) in changes.keys.windows where !keys.isEmpty && memory.isDeclared(window: name) {
      guard memory.windows[name]?.span == changes.after.windows[name]?.span else {
        throw ChunkRefusal.spanDiffers(window: name)
      }
    }
    guard memory.isSame(as: changes.before, at: changes.keys) else {
      throw ChunkRefusal.changedMeanwhile(memory.inWords(changes.keys))
    }
    try changes.apply(to: shared)
    memory.begin()
    memory.put(changes.keys, of: changes.after)
    pending.add(memory.commit())
    outcomes += changes.outcomes(of: "\(namespace)/prompt")
    var result = takeResult()
    result.sharedWrites += changes.sharedWrites
    return result
  }
}

extension RuleConsole {
  /// What is to be committed of changes that no rule file takes over: under the prompt's own namespace.
  ///
  /// - Parameters:
  ///   - engine: whose files see what was written into `box.kv.shared`.
  ///   - remembered: what the namespace holds now; nobody may change it before the commit.
  /// - Throws: ``ChunkRefusal/changedMeanwhile(_:)``; nothing was changed then.
  public func work(
    of changes: ChunkChanges, beside engine: RuleEngine, on remembered: RememberedState
  ) throws -> RuleEngine.FileResult {
    guard remembered.memory.isSame(as: changes.before, at: changes.keys) else {
      throw ChunkRefusal.changedMeanwhile(remembered.memory.inWords(changes.keys))
    }
    try changes.apply(to: engine.shared)
    var result = WorkResult()
    result.cells = changes.after.cells(for: changes.keys)
    result.sharedWrites = changes.sharedWrites
    result.outcomes = changes.outcomes(of: file.namespace)
    return RuleEngine.FileResult(file: file, result: result)
  }
}

extension RuleState {
  /// Whether another state remembers the same under these keys.
  func isSame(as other: RuleState, at keys: Changes) -> Bool {
    keys.keyValues.allSatisfy { keyValues.entries[$0] == other.keyValues.entries[$0] }
      && keys.onceKeys.allSatisfy { onceKeys.takenUntil[$0] == other.onceKeys.takenUntil[$0] }
      && keys.windows.allSatisfy { name, keys in
        keys.allSatisfy { key in
          windows[name]?.windows[key]?.entries == other.windows[name]?.windows[key]?.entries
        }
      }
      && keys.deduplicator.allSatisfy { key in
        let (one, two) = (deduplicator.periods[key], other.deduplicator.periods[key])
        return one?.sentAt == two?.sentAt && one?.end == two?.end && one?.heldBack == two?.heldBack
      }
  }

  /// Makes what is under these keys what it is in another state. Within a unit.
  mutating func put(_ keys: Changes, of other: RuleState) {
    for key in keys.keyValues { withKeyValues { $0.put(other.keyValues.entries[key], for: key) } }
    for key in keys.onceKeys { withOnceKeys { $0.put(other.onceKeys.takenUntil[key], for: key) } }
    for (name, keys) in keys.windows {
      // One that was only looked at is named without a key.
      guard !keys.isEmpty, let theirs = other.windows[name] else { continue }
      if !isDeclared(window: name) { declareWindow(name, span: theirs.span) }
      for key in keys { withWindow(name) { $0.put(theirs.windows[key], for: key) } }
    }
    for key in keys.deduplicator { withDeduplicator { $0.put(other.deduplicator.periods[key], at: key) } }
  }
}
