import BoxClient

/// A JSON value with events in it: an answer of GET /events, an array of events, or one event. Gives out its entries.
struct SavedPage: Sendable, IteratorProtocol {
  enum Entry {
    case event(Event)
    case bad(line: Int, message: String)
  }

  private let text: PaddedBytes
  private let events: Events
  private var index = 0
  /// Lines are counted only as far as a bad entry wants one.
  private var line: Int
  private var countedBytes = 0

  /// - Parameter line: the number of the line on which the value begins.
  /// - Throws: `DamagedPage` whenever it is something else.
  init(_ bytes: UnsafeRawBufferPointer, line: Int = 1) throws {
    text = PaddedBytes(bytes)
    self.line = line
    events = try bytes.withoutSurroundings.first == UInt8(ascii: "[") ? Events(array: text) : Self.object(text)
  }

  private static func object(_ text: PaddedBytes) throws -> Events {
    do {
      return try Events(page: text)
    } catch let damage as DamagedPage where damage.defect == .wrongKind {
      return try Events(event: text)
    }
  }

  /// Whether an event is in truth a page that stands on one line.
  static func isPage(_ event: Event) -> Bool {
    event.eventType.isEmpty && event["entries"]?.kind == .array
  }

  mutating func next() -> Entry? {
    guard index < events.entries.count else { return nil }
    let event = events.entries[index]
    index += 1
    guard let flaw = event.flaw else { return .event(event) }
    return .bad(line: line(of: event), message: "entry \(index) of the page is no event: \(flaw.rawValue)")
  }

  private mutating func line(of event: Event) -> Int {
    text.withUnsafeBytes { all in
      let offset = event.withUnsafeText { all.place(of: $0).lowerBound }
      line += all[countedBytes..<offset].count { $0 == UInt8(ascii: "\n") }
      countedBytes = offset
    }
    return line
  }
}

extension UnsafeRawBufferPointer {
  /// Where a part of this memory stands in it.
  func place(of part: UnsafeRawBufferPointer) -> Range<Int> {
    guard let start = baseAddress, let partStart = part.baseAddress else { return 0..<0 }
    return (partStart - start)..<(partStart - start + part.count)
  }
}
