import BoxClient

extension RuleState {
  /// What a ledger has to write for these changes.
  func cells(for changes: Changes) -> [StateCell] {
    var cells: [StateCell] = []
    func add(_ part: StateCell.Part, _ key: [UInt8], _ value: [UInt8]?) {
      cells.append(StateCell(part: part, key: key, value: value))
    }
    for key in changes.keyValues {
      add(.keyValue, Array(key.text.utf8), keyValues.entries[key].map(Self.bytes))
    }
    for key in changes.onceKeys {
      add(.once, Array(key.text.utf8), onceKeys.takenUntil[key].map { time in Self.bytes { $0.write(time) } })
    }
    for (name, keys) in changes.windows {
      guard let windows = windows[name] else { continue }
      for key in keys {
        cells += WindowCells.cells(
          .window, name, key, windows.windows[key], span: windows.span, segments: windows.touchedSegments(of: key))
      }
    }
    for (rule, keys) in changes.thresholds {
      guard let threshold = thresholds[rule] else { continue }
      for key in keys {
        cells += WindowCells.cells(
          .threshold, rule, key, threshold.windows[key], span: threshold.span,
          segments: threshold.touchedSegments(of: key))
      }
    }
    for key in changes.deduplicator {
      add(.deduplication, Self.key(key.rule.text, key.key), bytes(ofPeriodsOf: key))
    }
    return cells
  }

  /// What an earlier run has left. A cell that cannot be read is left out.
  init(cells: [StateCell]) {
    var keyValues: [ByteKey: KeyValueStore.Entry] = [:]
    var onceKeys: [ByteKey: Timestamp] = [:]
    var windows = WindowCells()
    var thresholds = WindowCells()
    var periods: [Deduplicator<String>.Key: Deduplicator<String>.Period] = [:]
    var overtaken: [(key: Deduplicator<String>.Key, period: Deduplicator<String>.Period)] = []
    for cell in cells {
      guard let value = cell.value else { continue }
      var reader = CellReader(value)
      var key = CellReader(cell.key)
      let plain = ByteKey(String(decoding: cell.key, as: UTF8.self))
      switch cell.part {
      case .keyValue: if let entry = try? Self.entry(&reader) { keyValues[plain] = entry }
      case .once: if let time = try? reader.time() { onceKeys[plain] = time }
      case .window: windows.read(cell.key, value)
      case .threshold: thresholds.read(cell.key, value)
      case .deduplication:
        guard let rule = try? key.text(), let inner = try? key.text() else { continue }
        let whole = Deduplicator<String>.Key(rule: rule, key: inner)
        if let current = try? reader.optional(Self.period) { periods[whole] = current }
        for period in (try? reader.list(Self.period)) ?? [] { overtaken.append((whole, period)) }
      case .timer: continue
      }
    }
    self.init(
      keyValues: KeyValueStore(entries: keyValues), onceKeys: OnceKeys(takenUntil: onceKeys),
      windows: windows.windows.mapValues { SlidingWindows(span: $0.span, windows: $0.windows) },
      thresholds: thresholds.windows.mapValues { Threshold(count: 1, within: $0.span, windows: $0.windows) },
      deduplicator: Deduplicator(periods: periods, overtaken: overtaken))
  }

  /// Goes on with what another state remembers. Spans and counts that are declared here hold; thresholds that are not
  /// declared here are forgotten.
  ///
  /// - Returns: what is forgotten.
  @discardableResult
  mutating func adopt(_ other: RuleState) -> Changes {
    var windows = other.windows
    for (name, declared) in self.windows { windows[name, default: declared].span = declared.span }
    let thresholds = Dictionary(
      uniqueKeysWithValues: self.thresholds.map { rule, declared in
        let kept = other.thresholds[rule]?.windows ?? [:]
        return (rule, Threshold(count: declared.count, within: declared.span, windows: kept))
      })
    var forgotten = Changes()
    let gone = other.thresholds.filter { thresholds[$0.key] == nil && !$0.value.windows.isEmpty }.mapValues {
      threshold in
      var empty = threshold
      empty.forgetAll()
      return empty
    }
    for rule in gone.keys { forgotten.thresholds[rule] = Set(other.thresholds[rule]!.windows.keys) }
    self = RuleState(
      keyValues: other.keyValues, onceKeys: other.onceKeys, windows: windows,
      thresholds: thresholds.merging(gone) { declared, _ in declared }, deduplicator: other.deduplicator)
    return forgotten
  }

  // MARK: Bytes

  static func bytes(_ write: (inout CellWriter) -> Void) -> [UInt8] {
    var writer = CellWriter()
    write(&writer)
    return writer.bytes
  }

  static func key(_ name: String, _ key: ByteKey) -> [UInt8] {
    bytes {
      $0.write(name.utf8)
      $0.write(key.text.utf8)
    }
  }

  /// Also what `box.kv.shared` is kept as.
  static func bytes(_ entry: KeyValueStore.Entry) -> [UInt8] {
    bytes {
      $0.write(entry.expiresAt) { $0.write($1) }
      $0.write(entry.value)
    }
  }

  static func entry(_ reader: inout CellReader) throws -> KeyValueStore.Entry {
    let end = try reader.optional { try $0.time() }
    return KeyValueStore.Entry(value: try reader.bytes(), expiresAt: end)
  }

  /// The period that lasts, and those whose summary is still due; nil where there is none.
  private func bytes(ofPeriodsOf key: Deduplicator<String>.Key) -> [UInt8]? {
    let current = deduplicator.periods[key]
    let overtaken = deduplicator.overtaken.filter { $0.key == key }.map(\.period)
    guard current != nil || !overtaken.isEmpty else { return nil }
    return Self.bytes {
      $0.write(current, Self.write)
      $0.write(overtaken, Self.write)
    }
  }

  private static func write(_ writer: inout CellWriter, _ period: Deduplicator<String>.Period) {
    writer.write(period.subject.utf8)
    writer.write(period.sentAt)
    writer.write(period.end)
    writer.write(Int64(period.heldBack))
    writer.write(period.firstAt)
    writer.write(period.lastAt)
  }

  private static func period(_ reader: inout CellReader) throws -> Deduplicator<String>.Period {
    let subject = try reader.text()
    let (sentAt, end) = (try reader.time(), try reader.time())
    let heldBack = Int(clamping: try reader.number())
    return .init(
      subject: subject, sentAt: sentAt, end: end, heldBack: heldBack, firstAt: try reader.time(),
      lastAt: try reader.time())
  }
}

extension RuleState.Changes {
  mutating func add(_ other: RuleState.Changes) {
    if other.isEmpty { return }
    keyValues.formUnion(other.keyValues)
    onceKeys.formUnion(other.onceKeys)
    windows.merge(other.windows) { $0.union($1) }
    thresholds.merge(other.thresholds) { $0.union($1) }
    deduplicator.formUnion(other.deduplicator)
  }
}
