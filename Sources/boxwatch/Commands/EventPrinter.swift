import BoxClient
import EventFeed

/// Reads pages and prints what is wanted of them. Whatever ends it, the last line says where to go on.
struct EventPrinter: Sendable {
  let selection: EventSelection
  let formatter: any EventFormatter

  /// Prints what the stream holds now.
  func read(_ client: BoxClient) async throws {
    let limit = selection.limit ?? 100
    var print = Printing(formatter: formatter, accepts: selection.accepts, limit: limit)
    var backlog = EventBacklog(
      client: client,
      query: GetEventsQueryParams(
        streamType: selection.streamType, streamPosition: selection.streamPosition.map(StreamPosition.init),
        eventType: selection.streamType.isEnterprise ? selection.eventTypes : nil,
        createdAfter: selection.createdAfter?.time, createdBefore: selection.createdBefore?.time))
    do {
      try print.begin()
      while !print.isFull, let page = try await backlog.nextPage(limit: pageSize(print)) {
        try print.write(page)
        if isBeyond(page) { break }
      }
      try print.end()
    } catch {
      print.end(after: error)
      if !(error is OutputClosed) { throw error }
    }
  }

  /// Prints what the stream holds, then what happens.
  func follow(_ client: BoxClient, every interval: Duration?) async throws {
    var print = Printing(formatter: formatter, accepts: selection.accepts, limit: selection.limit ?? 0)
    let start: FeedStart =
      selection.createdAfter.map { .time($0.time) }
      ?? .position(selection.streamPosition.map(StreamPosition.init) ?? .beginning)
    var configuration = EventFeed.Configuration(streamType: selection.streamType, start: start)
    configuration.pageSize = selection.pageSize
    configuration.pollInterval = interval
    let feed = EventFeed(client: client, configuration: configuration)
    let watching = Task { await Console.tell(feed.notices) }
    defer { watching.cancel() }
    do {
      try print.begin()
      for try await page in feed {
        try print.write(page)
        try print.pause()
        if print.isFull { break }
      }
      try Task.checkCancellation()
      try print.end()
    } catch {
      print.end(after: error)
      if !(error is OutputClosed) { throw error }
    }
  }

  /// Never more than is wanted, so that the page's end is where a later call goes on; unless a filter of ours leaves
  /// out most of it.
  private func pageSize(_ print: borrowing Printing) -> Int {
    guard let missing = print.missing, selection.eventTypes.isEmpty || selection.streamType.isEnterprise else {
      return selection.pageSize
    }
    return min(selection.pageSize, missing)
  }

  /// Whether `admin_logs`, which is in order, has passed the end that was asked for.
  private func isBeyond(_ page: FeedPage) -> Bool {
    guard let end = selection.createdBefore?.time, !page.events.entries.isEmpty else { return false }
    return page.events.entries.allSatisfy { $0.createdAt.flatMap { Timestamp($0) }.map { $0 >= end } ?? false }
  }
}

/// The output of one run.
private struct Printing: ~Copyable {
  private var output = StandardOutput()
  private var formatter: any EventFormatter
  private let accepts: (Event) -> Bool
  private let limit: Int
  private var printed = 0
  private var read = 0
  private var position: String?
  private var last: FeedPage?

  init(formatter: any EventFormatter, accepts: @escaping (Event) -> Bool, limit: Int) {
    self.formatter = formatter
    self.accepts = accepts
    self.limit = limit
  }

  var missing: Int? { limit == 0 ? nil : limit - printed }
  var isFull: Bool { limit > 0 && printed >= limit }

  mutating func begin() throws {
    try formatter.begin(&output)
  }

  mutating func write(_ page: FeedPage) throws {
    var cut = false
    for event in page.freshEvents where accepts(event) {
      if isFull {
        cut = true
        break
      }
      try formatter.write(event, to: &output)
      printed += 1
    }
    read += page.fresh.count
    // In the middle of a page only its beginning is a position from which nothing is left out.
    position =
      cut
      ? page.requestedPosition?.text ?? StreamPosition.beginning.text
      : page.position?.text ?? position ?? page.requestedPosition?.text ?? page.events.nextStreamPosition?.text
    try output.flush()
    ProgressLine.draw("\(printed) events printed, \(read) read")
  }

  mutating func pause() throws {
    try formatter.pause(&output)
    try output.flush()
  }

  mutating func end() throws {
    try pause()
    tellPosition()
  }

  /// What was printed stays printed; a reader that has gone is no error.
  mutating func end(after error: any Error) {
    if !(error is OutputClosed) { try? pause() }
    tellPosition()
  }

  private func tellPosition() {
    if let position { StandardError.write("next stream position: \(TerminalText.escaped(position))\n") }
  }
}
