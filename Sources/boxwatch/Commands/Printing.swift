import BoxClient
import EventFeed

/// The output of one run.
struct Printing: ~Copyable {
  private var output = StandardOutput()
  private var formatter: any EventFormatter
  private var hints: FieldHints
  private let accepts: (Event) -> Bool
  private let limit: Int
  private var printed = 0
  private var read = 0
  /// Behind the last event that was really written.
  private var position: String?
  /// As long as there is no position: the time at which the stream begins.
  private var begunAt: Timestamp?

  init(formatter: any EventFormatter, hints: FieldHints, accepts: @escaping (Event) -> Bool, limit: Int) {
    self.formatter = formatter
    self.hints = hints
    self.accepts = accepts
    self.limit = limit
  }

  var missing: Int? { limit == 0 ? nil : limit - printed }
  var isFull: Bool { limit > 0 && printed >= limit }

  mutating func begin() throws {
    try formatter.begin(&output)
  }

  /// Prints what is wanted of a page. Where the limit is reached in its middle: how many entries were dealt with.
  mutating func write(_ page: FeedPage) throws -> Int? {
    var cut: Int?
    // Until all of the page is out, its beginning is where a later call must go on.
    position = position ?? page.requestedPosition?.text
    for index in page.fresh {
      let event = page.events.entries[index]
      guard accepts(event) else { continue }
      if isFull {
        cut = index
        break
      }
      try formatter.write(event, to: &output)
      hints.note(event)
      printed += 1
    }
    read += page.fresh.count
    try formatter.pause(&output)
    try output.flush()
    begunAt = page.createdAfter
    if cut == nil {
      // A stream that begins at a time has no position yet: Box's 0 would mean the whole history.
      let named = begunAt == nil ? page.events.nextStreamPosition?.text : nil
      position = page.position?.text ?? position ?? named
    }
    ProgressLine.draw("\(Count.text(printed, "event", "printed")), \(read) read")
    return cut
  }

  /// After a cut: at the position behind what was dealt with, where Box could name one, else at the page's beginning.
  mutating func goOn(at position: StreamPosition?, cutIn page: FeedPage) {
    self.position = position?.text ?? page.requestedPosition?.text ?? StreamPosition.beginning.text
  }

  mutating func end() throws {
    try output.flush()
    for hint in hints.afterwards { StandardError.warn("--fields: \(hint)") }
    if position == nil && begunAt == nil { StandardError.write("boxwatch: Box named no stream position\n") }
    tellPosition()
  }

  /// The last line, unless nothing is known. What was printed stays printed, whatever came after it.
  func tellPosition() {
    guard let position else {
      if let begunAt {
        StandardError.write("boxwatch: no stream position yet; go on with --created-after \(begunAt)\n")
      }
      return
    }
    StandardError.write("next stream position: \(TerminalText.escaped(position))\n")
  }
}
