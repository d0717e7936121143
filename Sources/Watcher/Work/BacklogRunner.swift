import BoxClient
import Ledger
import RuleEngine
import Synchronization

/// Works off the backlog of one generation of a rule file, in order.
final class BacklogRunner: Sendable {
  let file: RuleFile
  private let ledger: Ledger
  private let committer: Committer
  /// Told when something of the file is due next.
  private let due: @Sendable (Timestamp?) -> Void
  private let wakeUps: AsyncStream<Void>
  private let wake: AsyncStream<Void>.Continuation
  /// The entry whose call went on when its page had left.
  private let running = Mutex<Int64?>(nil)
  /// The first entry, where it has failed for a passing reason; 0 where it has not.
  private let retried = Atomic<Int64>(0)
  private let pauses = Atomic(false)
  private let task = Mutex<Task<Void, Never>?>(nil)

  /// Events that are handled before a commit, at most, and for how long.
  private static let batch = 100
  private static let allowance = Duration.milliseconds(50)

  init(
    file: RuleFile, ledger: Ledger, committer: Committer, due: @escaping @Sendable (Timestamp?) -> Void
  ) {
    self.file = file
    self.ledger = ledger
    self.committer = committer
    self.due = due
    (wakeUps, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// The first entry, where it has failed for a passing reason, so that those behind it wait for its next attempt.
  var retriedEntry: Int64? {
    let entry = retried.load(ordering: .relaxed)
    return entry == 0 ? nil : entry
  }
  /// Whether that attempt is not due yet.
  var isPausing: Bool { pauses.load(ordering: .relaxed) }

  /// There is something in the backlog.
  ///
  /// - Parameter running: the entry that is being handled already.
  func notify(running entry: Int64? = nil) {
    if let entry { running.withLock { $0 = entry } }
    wake.yield()
  }

  /// Starts working; `failed` is told when the ledger fails for good.
  func start(failed: @escaping @Sendable (any Error) -> Void) {
    let task = Task {
      do {
        notify()
        for await _ in wakeUps { try await workOff() }
      } catch is CancellationError {
      } catch {
        failed(error)
      }
    }
    self.task.withLock { $0 = task }
  }

  /// Ends after the entries in hand. A call that waits is not waited for: `file`'s generation is over, or the process
  /// ends and the entry stays.
  func stop() async {
    wake.finish()
    await file.cancelWaiting()
    let task = task.withLock { $0 }
    task?.cancel()
    await task?.value
  }

  private func workOff() async throws {
    if let entry = running.withLock({ $0 }) {
      let result = await file.finishRunning()
      running.withLock { $0 = nil }
      try await committed(result, [try await self.entry(entry)].compactMap { $0 })
    }
    while !Task.isCancelled {
      let namespace = file.namespace
      let entries = try await ledger.entries(of: namespace, limit: Self.batch)
      retried.store(entries.first.map { $0.isRetry ? $0.id : 0 } ?? 0, ordering: .relaxed)
      guard let first = entries.first else { return }
      let pause = first.pause(at: WallClock.now)
      if pause > 0 {
        pauses.store(true, ordering: .relaxed)
        defer { pauses.store(false, ordering: .relaxed) }
        // The time of day may be set.
        try await Task.sleep(for: .milliseconds(min(pause, 60_000)))
        continue
      }
      // Those behind one that has to wait, wait too. One that is tried again is alone: what it waits for is known then.
      let ready = first.isRetry ? [first] : Array(entries.prefix { $0.pause(at: WallClock.now) <= 0 })
      let (events, flaw) = readable(ready)
      if events.isEmpty, let flaw {
        try await committer.park(malformed: first, of: file, because: flaw)
        continue
      }
      let result = await file.work(off: events, allowance: Self.allowance)
      // A call that goes on without its page is this entry already: its page's notice is on its way.
      guard let result else { return }
      try await committed(result, ready)
    }
  }

  private func entry(_ id: Int64) async throws -> BacklogEntry? {
    try await ledger.entries(of: file.namespace, after: id - 1, limit: 1).first { $0.id == id }
  }

  /// The entries before the first one whose text is no event, and what is wrong with that.
  private func readable(_ entries: [BacklogEntry]) -> (events: [BacklogEvent], flaw: String?) {
    var readable: [BacklogEvent] = []
    for stored in entries {
      let event = stored.entry.event
      do {
        let events = try Events(event: PaddedBytes(event.text))
        if let one = events.entries.first, one.isMalformed { return (readable, one.flaw?.rawValue) }
        readable.append(
          BacklogEvent(
            events: events, stream: event.stream, handlers: stored.entry.handlers,
            attempt: stored.entry.attempts + 1, isReplayed: event.replayed))
      } catch {
        return (readable, Event.Flaw.notAnObject.rawValue)
      }
    }
    return (readable, nil)
  }

  private func committed(_ result: WorkResult, _ entries: [BacklogEntry]) async throws {
    try await committer.commit(result, of: file, for: entries)
    if result.sequence != nil { due(result.nextDue) }
  }
}

extension BacklogEntry {
  /// Whether it has failed for a passing reason, and is tried again.
  var isRetry: Bool { entry.error != nil }

  /// Milliseconds until it is due. No pause is longer than five minutes: more was stored by a clock that was ahead.
  func pause(at now: Timestamp) -> Int64 {
    let pause = entry.due - now.milliseconds
    return pause > 300_000 ? 0 : pause
  }
}
