import BoxClient

/// Some lines of a file, glued into one array.
///
/// Nearly always each line is one event, and reading the array reads them all at once. Where it is not so, the lines
/// are read again one by one, each on its own, so that a damaged one costs nothing but itself.
struct LineBatch: ~Copyable {
  private var text: ArrayText
  private var lines: [Line] = []

  private struct Line {
    let number: Int
    let place: Range<Int>
  }

  init(expecting bytes: Int, lines count: Int) {
    text = ArrayText(expecting: bytes)
    lines.reserveCapacity(count)
  }

  var count: Int { lines.count }
  var byteCount: Int { text.byteCount }

  /// - Parameter line: what is on the line, without white space around it; not empty.
  mutating func append(_ line: UnsafeRawBufferPointer, number: Int) {
    lines.append(Line(number: number, place: text.append(element: line)))
  }

  /// The lines' events. More than one page only where a line holds a saved page.
  consuming func pages(file: String, badLines: [BadLine], limits: RecordingLimits) throws -> [RecordedPage] {
    let lines = self.lines
    let text = self.text.build()
    if let events = Self.events(text, lines) { return [RecordedPage(events: events, badLines: badLines, file: file)] }
    var writer = PageWriter(file: file, limits: limits)
    for bad in badLines { try writer.add(badLine: bad.line, bad.message) }
    try text.withUnsafeBytes { text in
      for line in lines {
        try Self.read(UnsafeRawBufferPointer(rebasing: text[line.place]), number: line.number, into: &writer)
      }
    }
    try writer.finishPage()
    return writer.pages
  }

  /// The events of the whole array; nil where any line is something else than one event without a flaw.
  private static func events(_ text: PaddedBytes, _ lines: [Line]) -> Events? {
    guard let events = try? Events(array: text), events.entries.count == lines.count else { return nil }
    let areExact = text.withUnsafeBytes { text in
      zip(lines, events.entries).allSatisfy { line, event in
        // Broken lines can add up to whole events: only an event that fills its line is one.
        let place = event.withUnsafeText { text.place(of: $0) }
        return place == line.place && event.flaw == nil && !SavedPage.isPage(event)
      }
    }
    return areExact ? events : nil
  }

  private static func read(_ line: UnsafeRawBufferPointer, number: Int, into writer: inout PageWriter) throws {
    let event: Event
    do {
      event = try Events(event: PaddedBytes(line)).entries[0]
    } catch let damage as DamagedPage {
      return try writer.add(badLine: number, "no event: \(reason(damage, line))")
    }
    if SavedPage.isPage(event) {
      var page = try SavedPage(line, line: number)
      while let entry = page.next() { try writer.add(entry) }
    } else if let flaw = event.flaw {
      try writer.add(badLine: number, "no event: \(flaw.rawValue)")
    } else {
      try writer.add(event: line)
    }
  }

  private static func reason(_ damage: DamagedPage, _ line: UnsafeRawBufferPointer) -> String {
    switch damage.defect {
    case .outOfMemory: "no memory to read \(line.count) bytes"
    case .tooLarge: "\(line.count) bytes with millions of fields"
    case .truncated: "the line ends in the middle of a JSON object; it begins with \(damage.beginning)"
    case .notJSON where line.first == UInt8(ascii: "{"): "not valid JSON at byte \(damage.offset) of the line"
    case .empty, .wrongKind, .withoutEvents, .notJSON: "not a JSON object; the line begins with \(damage.beginning)"
    }
  }
}
