import BoxClient

/// One file of recorded events on its way.
struct RecordedFile: ~Copyable, Sendable {
  private var lines: LineReader
  private var document: SavedPage?
  private var ready: ArraySlice<RecordedPage> = []
  private let limits: RecordingLimits
  /// The size of the last batch: what the next one will need.
  private var expectedBytes = 0

  init(path: String, limits: RecordingLimits) throws {
    var buffer = InputBuffer(try InputFile(path: path), blockBytes: limits.blockBytes)
    if case .document(let page) = try RecordedFormat.detect(&buffer, limits: limits) {
      document = page
      buffer.discard()
    }
    lines = LineReader(buffer, limit: limits.lineBytes)
    self.limits = limits
  }

  var bytesRead: Int { lines.buffer.bytesRead }

  mutating func next() throws -> RecordedPage? {
    if let page = ready.popFirst() { return page }
    ready = try document == nil ? readLines() : readDocument()
    return ready.popFirst()
  }

  private mutating func readDocument() throws -> ArraySlice<RecordedPage> {
    var writer = PageWriter(file: lines.buffer.name, limits: limits)
    while writer.pages.isEmpty, let entry = document?.next() { try writer.add(entry) }
    try writer.finishPage()
    return writer.pages[...]
  }

  private mutating func readLines() throws -> ArraySlice<RecordedPage> {
    var batch = LineBatch(expecting: expectedBytes, lines: limits.pageSize)
    var badLines: [BadLine] = []
    while batch.count < limits.pageSize, badLines.count < limits.pageSize, let line = try lines.next() {
      guard case .text(let text) = line else {
        badLines.append(tooLong)
        continue
      }
      let content = text.withoutSurroundings
      guard !content.isEmpty else { continue }
      if batch.count > 0, batch.byteCount + content.count > limits.pageBytes {
        lines.putBack()
        break
      }
      batch.append(content, number: lines.number)
    }
    guard batch.count > 0 || !badLines.isEmpty else { return [] }
    expectedBytes = batch.byteCount + batch.byteCount / 8
    return try batch.pages(file: lines.buffer.name, badLines: badLines, limits: limits)[...]
  }

  private var tooLong: BadLine {
    BadLine(
      file: lines.buffer.name, line: lines.number,
      message: "no event: longer than \(limits.lineBytes >> 20) MiB; the line was skipped")
  }
}
