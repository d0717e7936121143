import BoxClient
import EventFeed
import Ledger

/// Filling gaps of an enterprise stream from `admin_logs`, beside what the stream itself brings.
extension StreamRunner {
  /// The stream's gaps that are to be filled, those of earlier runs too; none on user streams, whose events are nowhere
  /// else.
  func unfilledGaps() async throws -> [Gap] {
    guard stream.streamType.isEnterprise else { return [] }
    return try await surroundings.ledger.gaps().filter { $0.gap.stream == stream.name && !$0.gap.filled }
  }

  /// Fills gaps, one after the other, however long Box is out of reach. What Box refuses stays a gap, until the next
  /// start.
  ///
  /// - Throws: `LedgerError`.
  func fill(_ gaps: [Gap]) async throws {
    // The pages of gaps have commits of their own, beside those of the stream.
    let pages = StreamRunner(stream: stream, surroundings: surroundings)
    for gap in gaps {
      guard let whole = StreamGap(gap.gap), let stretch = whole.kept(at: WallClock.now) else { continue }
      do {
        try await fill(stretch, gap.id, through: pages)
        try await noteFilled(stretch, of: whole, gap.id)
      } catch is CancellationError {
        return
      } catch let error where Self.isRefusal(error) {
        surroundings.logger.error(
          "stream \(stream.name): the gap from \(stretch.from) to \(stretch.to) cannot be filled from admin_logs; the next start tries again: \(error)"
        )
        noteFilling(handled: 0)
        // A position that Box refuses would be refused again.
        try await storeFilling(gap.id, at: nil)
      }
    }
  }

  private func fill(_ gap: StreamGap, _ id: Int64, through pages: StreamRunner) async throws {
    var backoff = Backoff()
    var handled = 0
    while true {
      do {
        let stored = try await surroundings.ledger.meta()[Self.fillingKey(id)].map { StreamPosition($0) }
        let answered = try await bring(gap, at: stored, id, through: pages, &backoff, &handled)
        // What `admin_logs` shows late, it may show behind where the first reading stood.
        let latest = gap.to + surroundings.lateness
        if answered < latest {
          surroundings.logger.notice(
            "stream \(stream.name): the gap is read again in \((latest - answered).roundedText), when admin_logs has all of it"
          )
          try await Task.sleep(for: latest - answered)
        }
        let end = StreamGap(
          from: max(gap.from, gap.to - surroundings.lateness * 2), to: gap.to, reason: gap.reason)
        _ = try await bring(end, at: nil, nil, through: pages, &backoff, &handled)
        break
      } catch let error where !(error is LedgerError || error is CancellationError || Self.isRefusal(error)) {
        try Task.checkCancellation()
        let pause = max(backoff.next(), (error as? BoxAPIError)?.retryAfter ?? .zero)
        surroundings.logger.warning(
          "stream \(stream.name): the gap is not filled from admin_logs yet, next in \(pause.roundedText): \(error)")
        noteFilling(trouble: "\(error)")
        try await Task.sleep(for: pause)
      }
    }
    surroundings.logger.notice(
      "stream \(stream.name): the gap from \(gap.from) to \(gap.to) is filled from admin_logs, \(Count.text(handled, "event"))"
    )
  }

  /// What is older than the part that was read stays a gap.
  private func noteFilled(_ part: StreamGap, of gap: StreamGap, _ id: Int64) async throws {
    var done = LedgerCommit()
    done.gapsFilled = [id]
    done.meta = [MetaChange(key: Self.fillingKey(id), value: nil)]
    if gap.from < part.from {
      done.gaps = [StreamGap(from: gap.from, to: part.from, reason: gap.reason).stored(for: stream.name)]
    }
    try await surroundings.committer.write(done)
  }

  /// Reads a gap to its end.
  ///
  /// - Parameters:
  ///   - position: where an earlier reading stood.
  ///   - id: of the gap with which it is stored how far the reading is; nil for not at all.
  ///   - handled: gets the count of the events that nobody had brought before.
  /// - Returns: Box's time at the last page.
  private func bring(
    _ gap: StreamGap, at position: StreamPosition?, _ id: Int64?, through pages: StreamRunner,
    _ backoff: inout Backoff, _ handled: inout Int
  ) async throws -> Timestamp {
    // Which of them are known, is known to all streams of the feed (`SharedIDs`).
    var backlog = EventBacklog(
      client: stream.client,
      query: .init(
        streamType: .adminLogs, streamPosition: position, createdAfter: gap.from, createdBefore: gap.to))
    var answered = WallClock.now
    while let page = try await backlog.nextPage() {
      backoff.reset()
      answered = page.events.servedAt ?? WallClock.now
      let before = pages.status.events
      try await pages.handle(page.withoutPosition, isReplayed: true)
      // Only then the position may be stored.
      try await pages.settle()
      noteFilling(handled: pages.status.events - before)
      handled += pages.status.events - before
      if let id, let position = page.position { try await storeFilling(id, at: position) }
    }
    return answered
  }

  private func storeFilling(_ id: Int64, at position: StreamPosition?) async throws {
    var commit = LedgerCommit()
    commit.meta = [MetaChange(key: Self.fillingKey(id), value: position?.text)]
    try await surroundings.committer.write(commit)
  }

  /// Where the reading of a gap goes on after a restart.
  private static func fillingKey(_ id: Int64) -> String { "gap \(id)" }

  /// Whether Box refuses the call, so that a person must act.
  private static func isRefusal(_ error: any Error) -> Bool {
    switch error {
    case is AuthenticationFailed, is TokenUnavailable: true
    case let error as BoxAPIError: [400, 401, 403, 404, 405].contains(error.status)
    case let fault as NetworkFault: fault.kind == .invalidURL
    default: false
    }
  }
}
