import BoxClient
import EventFeed

/// Reads pages and prints what is wanted of them. Whatever ends it, the last line says where to go on.
struct EventPrinter: Sendable {
  let selection: EventSelection
  let formatter: any EventFormatter
  let hints: FieldHints

  /// Prints what the stream holds now.
  func read(_ client: BoxClient) async throws {
    let limit = selection.limit ?? 100
    var print = Printing(formatter: formatter, hints: hints, accepts: selection.accepts, limit: limit)
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
      }
      if print.isFull && selection.limit == nil {
        StandardError.write("boxwatch: stopped at the usual limit of \(limit) events; --limit 0 prints all\n")
      }
      try print.end()
    } catch {
      print.tellPosition()
      if !(error is OutputClosed) { throw error }
    }
  }

  /// Prints what the stream holds, then what happens.
  func follow(_ client: BoxClient, every interval: Duration?) async throws {
    var print = Printing(
      formatter: formatter, hints: hints, accepts: selection.accepts, limit: selection.limit ?? 0)
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
          let query = GetEventsQueryParams(streamType: selection.streamType, createdAfter: selection.createdAfter?.time)
          let backlog = EventBacklog(client: client, query: query)
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
}
