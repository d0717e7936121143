import BoxClient

/// Makes pages of events that were read one by one.
struct PageWriter: ~Copyable {
  private(set) var pages: [RecordedPage] = []
  private let file: String
  private let limits: RecordingLimits
  private var text = ArrayText()
  private var count = 0
  private var badLines: [BadLine] = []

  init(file: String, limits: RecordingLimits) {
    self.file = file
    self.limits = limits
  }

  /// - Parameter event: the text of an event without a flaw.
  mutating func add(event: UnsafeRawBufferPointer) throws {
    if count > 0, text.byteCount + event.count > limits.pageBytes { try finishPage() }
    _ = text.append(element: event)
    count += 1
    if count == limits.pageSize { try finishPage() }
  }

  mutating func add(badLine line: Int, _ message: String) throws {
    badLines.append(BadLine(file: file, line: line, message: message))
    if badLines.count == limits.pageSize { try finishPage() }
  }

  mutating func add(_ entry: SavedPage.Entry) throws {
    switch entry {
    case .event(let event): try event.withUnsafeText { try add(event: $0) }
    case .bad(let line, let message): try add(badLine: line, message)
    }
  }

  /// Closes the page in hand, unless nothing is in it.
  mutating func finishPage() throws {
    guard count > 0 || !badLines.isEmpty else { return }
    var finished = ArrayText()
    swap(&finished, &text)
    pages.append(RecordedPage(events: try Events(array: finished.build()), badLines: badLines, file: file))
    (count, badLines) = (0, [])
  }
}
