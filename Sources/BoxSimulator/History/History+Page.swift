import NIOCore

/// When events can be seen, in microseconds.
struct Visibility: Sendable {
  var now: Int64
  /// How long the stream keeps events.
  var retention: Int64
  /// How long an event is held back before the stream shows it.
  var buffer: Int64
}

extension History {
  /// The page that a request gets (PROTOCOL.md §3).
  func page(_ request: PageRequest, visibility: Visibility) -> Page {
    let type = request.view.type
    if request.shape.isEmptyAtZero {
      return Page(slices: [], count: 0, nextStreamPosition: StreamPosition.zeroText(in: type))
    }
    let log = log(of: type)
    let visible = visibleRange(of: log, visibility)
    guard case .after(let sentKey) = request.position else {
      return Page(slices: [], count: 0, nextStreamPosition: StreamPosition.text(of: latestKey(log, visible), in: type))
    }
    let start = min(max(log.index(after: sentKey), visible.lowerBound), visible.upperBound)
    let repeated = repeatedEvents(of: request, in: log, before: start, from: visible.lowerBound)
    // Where nothing came before, the page's own first events come twice.
    let doubled = repeated.isEmpty ? max(0, min(request.shape.repeated, request.limit - 1)) : 0
    let limit = request.limit - repeated.count - doubled
    let isUnchanged = repeated.isEmpty && doubled == 0 && request.shape.shuffleSeed == nil
    if request.view.isPlain, isUnchanged {
      let range = start..<min(start + limit, visible.upperBound)
      guard !range.isEmpty else { return emptyPage(request, log, visible) }
      let next = log.records[range.lowerBound + lastTaken(of: range.count, limit: limit, request)].key
      return Page(
        slices: log.slices(of: range, in: texts), count: range.count,
        nextStreamPosition: StreamPosition.text(of: next, in: type))
    }
    let fresh = matching(request.view, in: log, range: start..<visible.upperBound, limit: limit)
    if fresh.isEmpty, repeated.isEmpty { return emptyPage(request, log, visible) }
    var indices = repeated + fresh + fresh.prefix(doubled)
    if let seed = request.shape.shuffleSeed {
      var random = RandomSource(seed: seed)
      indices.shuffle(using: &random)
    }
    let next = fresh.isEmpty ? sentKey : log.records[fresh[lastTaken(of: fresh.count, limit: limit, request)]].key
    return Page(
      slices: log.slices(of: indices, in: texts), count: indices.count,
      nextStreamPosition: StreamPosition.text(of: min(next, latestKey(log, visible)), in: type))
  }

  /// Whether the view has an event after a position.
  func hasEvents(_ view: StreamView, after position: StreamPosition, visibility: Visibility) -> Bool {
    guard case .after(let key) = position else { return false }
    let log = log(of: view.type)
    let visible = visibleRange(of: log, visibility)
    let start = max(log.index(after: key), visible.lowerBound)
    guard start < visible.upperBound else { return false }
    return view.isPlain || !matching(view, in: log, range: start..<visible.upperBound, limit: 1).isEmpty
  }

  private func visibleRange(of log: EventLog, _ visibility: Visibility) -> Range<Int> {
    let start = log.index(after: visibility.now - visibility.retention - 1)
    let end = visibility.buffer == 0 ? log.count : log.index(after: visibility.now - visibility.buffer)
    return min(start, end)..<end
  }

  /// The key that `now` stands for: the newest event's that the stream shows or has shown. Where there is none yet,
  /// a key before whatever is still held back.
  private func latestKey(_ log: EventLog, _ visible: Range<Int>) -> Int64 {
    if visible.upperBound > 0 { return log.records[visible.upperBound - 1].key }
    return log.records.first.map { $0.key - 1 } ?? lastKey
  }

  /// User streams and `admin_logs_streaming` move past what their filter leaves out, else a poll would ring for it for
  /// ever; `admin_logs` says 0, by design of Box.
  private func emptyPage(_ request: PageRequest, _ log: EventLog, _ visible: Range<Int>) -> Page {
    let type = request.view.type
    let position =
      type == .adminLogs
      ? StreamPosition.zeroText(in: type)
      : StreamPosition.text(of: latestKey(log, visible), in: type)
    return Page(slices: [], count: 0, nextStreamPosition: position)
  }

  /// Which of a page's `count` events the next position stands behind. Full pages of user streams overlap
  /// (PROTOCOL.md §3, "Duplicates"), by no more than leaves some progress.
  private func lastTaken(of count: Int, limit: Int, _ request: PageRequest) -> Int {
    let isFull = count == limit
    let overlap = isFull && !request.view.type.isEnterprise ? min(5, request.limit / 10, count - 1) : 0
    return count - 1 - overlap
  }

  private func matching(_ view: StreamView, in log: EventLog, range: Range<Int>, limit: Int) -> [Int] {
    guard limit > 0 else { return [] }
    if view.isPlain { return Array(range.prefix(limit)) }
    var found: [Int] = []
    for index in range where view.includes(log.records[index]) {
      found.append(index)
      if found.count == limit { break }
    }
    return found
  }

  /// The last events of the view before `start`, as many as the page's shape repeats and the limit leaves room for.
  private func repeatedEvents(of request: PageRequest, in log: EventLog, before start: Int, from oldest: Int) -> [Int] {
    let wanted = min(request.shape.repeated, request.limit - 1)
    guard wanted > 0 else { return [] }
    var found: [Int] = []
    var index = start
    while index > oldest, found.count < wanted {
      index -= 1
      if request.view.includes(log.records[index]) { found.append(index) }
    }
    return found.reversed()
  }
}
