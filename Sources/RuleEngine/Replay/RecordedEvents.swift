/// Recorded events from files, page by page.
///
/// ```swift
/// var recorded = try RecordedEvents(paths: ["monday.jsonl", "-"])
/// while let page = try recorded.next() {
///   …page.events, page.badLines
/// }
/// ```
///
/// A file holds JSON Lines (an event a line) or saved pages: answers of GET /events, or arrays of events, laid out in
/// any way. Which of them it is, its content tells. Of JSON Lines no more than a page is in memory, however large the
/// file is.
public struct RecordedEvents: ~Copyable, Sendable {
  /// The size of all files in bytes; nil where one of them has none, such as standard input.
  public let totalBytes: Int?

  private var waiting: ArraySlice<String>
  private var current: RecordedFile?
  private var finishedBytes = 0
  private let limits: RecordingLimits

  /// - Parameters:
  ///   - paths: the files in the order in which they are read; `-` is standard input.
  ///   - pageSize: the most events of a page.
  /// - Throws: ``RecordedEventsError`` whenever a path is missing, a directory, or not readable; before anything is
  ///   read, so that no event is handled when a name was mistyped.
  public init(paths: [String], pageSize: Int = 500) throws(RecordedEventsError) {
    try self.init(paths: paths, limits: RecordingLimits(pageSize: pageSize))
  }

  init(paths: [String], limits: RecordingLimits) throws(RecordedEventsError) {
    var sizes: [Int?] = []
    for path in paths { sizes.append(try InputFile.size(of: path)) }
    totalBytes = sizes.contains(nil) ? nil : sizes.reduce(0) { $0 + ($1 ?? 0) }
    waiting = paths[...]
    self.limits = limits
  }

  /// Bytes read so far, of all files.
  public var bytesRead: Int {
    switch current {
    case .some(let file): finishedBytes + file.bytesRead
    case nil: finishedBytes
    }
  }

  /// The next page; nil when all files are done. A page holds events, bad lines, or both.
  ///
  /// - Throws: ``RecordedEventsError`` whenever a file cannot be read or is not of a kind that holds events. The next
  ///   call goes on with the next file.
  public mutating func next() throws -> RecordedPage? {
    while true {
      if current == nil {
        guard let path = waiting.popFirst() else { return nil }
        current = try RecordedFile(path: path, limits: limits)
      }
      do {
        if let page = try current!.next() { return page }
      } catch {
        leaveFile()
        throw error
      }
      leaveFile()
    }
  }

  private mutating func leaveFile() {
    finishedBytes = bytesRead
    current = nil
  }
}
