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
        if let cut = try print.write(page) {
          print.goOn(at: try await backlog.position(behind: cut, of: page), cutIn: page)
        }
        if isBeyond(page) { break }
      }
      try print.end()
    } catch {
      print.tellPosition()
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
        if let cut = try print.write(page) {
          let backlog = EventBacklog(client: client, query: .init(streamType: selection.streamType))
          print.goOn(at: try await backlog.position(behind: cut, of: page), cutIn: page)
        }
        if print.isFull { break }
      }
      try Task.checkCancellation()
      try print.end()
    } catch {
      print.tellPosition()
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
  /// Behind the last event that was really written.
  private var position: String?

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
      printed += 1
    }
    read += page.fresh.count
    try formatter.pause(&output)
    try output.flush()
    if cut == nil { position = page.position?.text ?? position ?? page.events.nextStreamPosition?.text }
    ProgressLine.draw("\(printed) events printed, \(read) read")
    return cut
  }

  /// After a cut: at the position behind what was dealt with, where Box could name one, else at the page's beginning.
  mutating func goOn(at position: StreamPosition?, cutIn page: FeedPage) {
    self.position = position?.text ?? page.requestedPosition?.text ?? StreamPosition.beginning.text
  }

  mutating func end() throws {
    try output.flush()
    tellPosition()
  }

  /// The last line. What was printed stays printed, whatever came after it.
  func tellPosition() {
    guard let position else {
      StandardError.write("boxwatch: Box named no stream position\n")
      return
    }
    StandardError.write("next stream position: \(TerminalText.escaped(position))\n")
  }
}
