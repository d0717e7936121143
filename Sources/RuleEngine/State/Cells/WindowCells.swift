import BoxClient

/// How a key's window is stored: a head with what holds for the whole, and a cell for each segment of its events. An
/// event changes the head and its own segment; what was counted an hour ago is not written again.
struct WindowCells {
  private struct Head {
    let span: Duration
    let newest: Timestamp?
    let segmentSpan: Int64
    /// Of an earlier version, which had no segments.
    let entries: [EventTimeWindow.Entry]
  }

  private var heads: [String: [ByteKey: Head]] = [:]
  private var segments: [String: [ByteKey: [Segment]]] = [:]

  private struct Segment {
    let number: Int64
    let entries: [EventTimeWindow.Entry]
  }

  // MARK: Writing

  /// - Parameters:
  ///   - name: the window's, or the rule's.
  ///   - segments: those to write, or to delete where the window has nothing in them.
  static func cells(
    _ part: StateCell.Part, _ name: String, _ key: ByteKey, _ window: EventTimeWindow?, span: Duration,
    segments: Set<Int64>
  ) -> [StateCell] {
    let headKey = RuleState.key(name, key)
    let head = window.map { window in
      RuleState.bytes {
        $0.write(span)
        $0.write(window.newest) { $0.write($1) }
        $0.write([EventTimeWindow.Entry](), write)
        $0.write(window.segmentSpan)
      }
    }
    return [StateCell(part: part, key: headKey, value: head)]
      + segments.map { number in
        let entries = window?.entries(ofSegment: number) ?? []
        var segmentKey = CellWriter()
        segmentKey.write(number)
        return StateCell(
          part: part, key: headKey + segmentKey.bytes,
          value: entries.isEmpty ? nil : RuleState.bytes { $0.write(entries, write) })
      }
  }

  private static func write(_ writer: inout CellWriter, _ entry: EventTimeWindow.Entry) {
    writer.write(entry.at)
    writer.write(entry.value) { $0.write($1.utf8) }
  }

  // MARK: Reading

  /// Takes a cell. One that cannot be read is left out.
  mutating func read(_ key: [UInt8], _ value: [UInt8]) {
    var (key, value) = (CellReader(key), CellReader(value))
    guard let name = try? key.text(), let inner = try? ByteKey(key.text()) else { return }
    if key.isAtEnd {
      guard let head = try? Self.head(&value) else { return }
      heads[name, default: [:]][inner] = head
    } else if let number = try? key.number(), let entries = try? value.list(Self.entry) {
      segments[name, default: [:]][inner, default: []].append(Segment(number: number, entries: entries))
    }
  }

  private static func head(_ reader: inout CellReader) throws -> Head {
    let span = try reader.duration()
    guard let newest = try reader.optional({ try $0.time() }) else {
      return Head(span: span, newest: nil, segmentSpan: KeyedWindows.segmentSpan(of: span), entries: [])
    }
    let entries = try reader.list(entry)
    let segmentSpan = reader.isAtEnd ? KeyedWindows.segmentSpan(of: span) : try reader.number()
    guard segmentSpan > 0 else { throw CellReader.Damage() }
    return Head(span: span, newest: newest, segmentSpan: segmentSpan, entries: entries)
  }

  private static func entry(_ reader: inout CellReader) throws -> EventTimeWindow.Entry {
    EventTimeWindow.Entry(at: try reader.time(), value: try reader.optional { try $0.text() })
  }

  /// What was read, by name.
  var windows: [String: (span: Duration, windows: [ByteKey: EventTimeWindow])] {
    var windows: [String: (span: Duration, windows: [ByteKey: EventTimeWindow])] = [:]
    for (name, keys) in heads {
      for (key, head) in keys {
        windows[name, default: (head.span, [:])].windows[key] = Self.window(head, segments[name]?[key] ?? [])
      }
    }
    return windows
  }

  private static func window(_ head: Head, _ segments: [Segment]) -> EventTimeWindow {
    guard let newest = head.newest else { return EventTimeWindow(segmentSpan: head.segmentSpan) }
    var entries = head.entries + segments.sorted { $0.number < $1.number }.flatMap(\.entries)
    // Segments of one span do not overlap, and each is in order. Where others are among them, all are written anew.
    let isInOrder = zip(entries, entries.dropFirst()).allSatisfy { $0.at <= $1.at }
    if !isInOrder { entries.sort { $0.at < $1.at } }
    var window = EventTimeWindow(newest: newest, entries: entries, segmentSpan: head.segmentSpan)
    if !head.entries.isEmpty || !isInOrder { window.touchAll(and: segments.map(\.number)) }
    return window
  }
}
