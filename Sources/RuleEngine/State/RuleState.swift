import BoxClient

/// What one rule file remembers: everything in it is committed with a handler, or taken back with it.
///
/// The parts are reached through functions, so that a handler opens the journals of those parts only that it touches:
/// one that remembers nothing pays nothing for it.
struct RuleState: Sendable {
  private(set) var keyValues: KeyValueStore
  private(set) var onceKeys: OnceKeys
  /// By name.
  private(set) var windows: [String: SlidingWindows]
  /// By the rule's identity.
  private(set) var thresholds: [String: Threshold]
  /// The subject is a text of the caller's, such as the alert that was sent.
  private(set) var deduplicator: Deduplicator<String>
  private(set) var isInHandler = false
  private var touched: [Part] = []

  private enum Part: Equatable {
    case keyValues
    case onceKeys
    case window(String)
    case threshold(String)
    case deduplicator
  }

  /// The keys that a ledger has to write, or to delete where the state has no such key any more.
  struct Changes: Sendable {
    var keyValues: Set<ByteKey> = []
    var onceKeys: Set<ByteKey> = []
    var windows: [String: Set<ByteKey>] = [:]
    var thresholds: [String: Set<ByteKey>] = [:]
    var deduplicator: Set<Deduplicator<String>.Key> = []

    var isEmpty: Bool {
      keyValues.isEmpty && onceKeys.isEmpty && windows.isEmpty && thresholds.isEmpty && deduplicator.isEmpty
    }
  }

  /// What an earlier run has left, or nothing.
  init(
    keyValues: KeyValueStore = KeyValueStore(), onceKeys: OnceKeys = OnceKeys(),
    windows: [String: SlidingWindows] = [:], thresholds: [String: Threshold] = [:],
    deduplicator: Deduplicator<String> = Deduplicator()
  ) {
    self.keyValues = keyValues
    self.onceKeys = onceKeys
    self.windows = windows
    self.thresholds = thresholds
    self.deduplicator = deduplicator
  }

  /// Whether the end of a deduplication period may be due some day.
  var hasPeriods: Bool { !deduplicator.periods.isEmpty || !deduplicator.overtaken.isEmpty }

  /// A handler begins. A rule file runs one at a time.
  mutating func begin() {
    precondition(!isInHandler, "a handler began before the one before it had ended")
    isInHandler = true
  }

  /// The handler succeeded: its changes stay.
  mutating func commit() -> Changes {
    var changes = Changes()
    // Most handlers remember nothing.
    if touched.isEmpty {
      _ = end()
      return changes
    }
    for part in end() {
      switch part {
      case .keyValues: changes.keyValues = keyValues.commit()
      case .onceKeys: changes.onceKeys = onceKeys.commit()
      case .deduplicator: changes.deduplicator = deduplicator.commit()
      case .window(let name): changes.windows[name] = windows[name]?.commit()
      case .threshold(let rule): changes.thresholds[rule] = thresholds[rule]?.commit()
      }
    }
    return changes
  }

  /// The handler failed: nothing of it stays.
  mutating func rollBack() {
    for part in end() {
      switch part {
      case .keyValues: keyValues.rollBack()
      case .onceKeys: onceKeys.rollBack()
      case .deduplicator: deduplicator.rollBack()
      case .window(let name): windows[name]?.rollBack()
      case .threshold(let rule): thresholds[rule]?.rollBack()
      }
    }
  }

  mutating func withKeyValues<Result, Failure: Error>(
    _ body: (inout KeyValueStore) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    if Self.opens(&keyValues, isInHandler) { touched.append(.keyValues) }
    return try body(&keyValues)
  }

  mutating func withOnceKeys<Result>(_ body: (inout OnceKeys) -> Result) -> Result {
    if Self.opens(&onceKeys, isInHandler) { touched.append(.onceKeys) }
    return body(&onceKeys)
  }

  mutating func withDeduplicator<Result>(_ body: (inout Deduplicator<String>) -> Result) -> Result {
    if Self.opens(&deduplicator, isInHandler) { touched.append(.deduplicator) }
    return body(&deduplicator)
  }

  /// - Parameter name: of a window that was declared.
  mutating func withWindow<Result>(_ name: String, _ body: (inout SlidingWindows) -> Result) -> Result {
    if Self.opens(&windows[name]!, isInHandler) { touched.append(.window(name)) }
    return body(&windows[name]!)
  }

  /// - Parameter rule: one whose threshold was declared.
  mutating func withThreshold<Result>(of rule: String, _ body: (inout Threshold) -> Result) -> Result {
    if Self.opens(&thresholds[rule]!, isInHandler) { touched.append(.threshold(rule)) }
    return body(&thresholds[rule]!)
  }

  func isDeclared(window name: String) -> Bool { windows[name] != nil }

  /// Makes a window known. One that is known keeps what is in it and takes the new span.
  mutating func declareWindow(_ name: String, span: Duration) {
    if windows[name]?.span == span { return }
    windows[name, default: SlidingWindows(span: span)].span = span
  }

  /// Makes a rule's threshold known. One that is known keeps what was counted.
  mutating func declareThreshold(of rule: String, count: Int, within span: Duration) {
    // At the prompt a chunk declares it, which runs as a handler does, but counts nothing.
    precondition(thresholds[rule]?.journal.isOpen != true, "a threshold that counts is not declared anew")
    thresholds[rule] = Threshold(count: count, within: span, windows: thresholds[rule]?.windows ?? [:])
  }

  /// Drops what no answer depends on any more: keys whose time is over, windows that have been idle for long. Cheap
  /// enough to call after every page. Does nothing while a handler runs.
  mutating func sweep(at now: Timestamp, keeping kept: Int = KeyedWindows.keptKeys) -> Changes {
    var changes = Changes()
    if isInHandler { return changes }
    changes.keyValues = Set(keyValues.sweep(at: now))
    changes.onceKeys = Set(onceKeys.sweep(at: now))
    for index in windows.values.indices {
      let dropped = windows.values[index].sweep(at: now, keeping: kept)
      if !dropped.isEmpty { changes.windows[windows.keys[index]] = Set(dropped) }
    }
    for index in thresholds.values.indices {
      let dropped = thresholds.values[index].sweep(at: now, keeping: kept)
      if !dropped.isEmpty { changes.thresholds[thresholds.keys[index]] = Set(dropped) }
    }
    return changes
  }

  /// What ``cells(for:)`` gave is stored. Not while a handler runs: what it has touched is not.
  mutating func stored(_ changes: Changes) {
    precondition(!isInHandler, "a handler runs")
    for (name, keys) in changes.windows {
      for key in keys { windows[name]?.stored(key) }
    }
    for (rule, keys) in changes.thresholds {
      for key in keys { thresholds[rule]?.stored(key) }
    }
  }

  private mutating func end() -> [Part] {
    precondition(isInHandler, "no handler has begun")
    isInHandler = false
    defer { touched.removeAll(keepingCapacity: true) }
    return touched
  }

  /// Opens the part's journal where the running handler touches it for the first time.
  private static func opens(_ part: inout some Transactional, _ isInHandler: Bool) -> Bool {
    guard isInHandler, !part.journal.isOpen else { return false }
    part.begin()
    return true
  }
}
