import BoxClient

/// In which order a queue delivers.
public enum OutboxOrder: Sendable, Hashable {
  /// One after the other; one that fails in passing holds those behind it that go into the same file, or all where they
  /// go into none. So many are handed over at once.
  case inOrder(batch: Int = 256)
  /// So many at a time, the one that is due longest first; one that fails waits for its next turn aside. All go to the
  /// same place, so that its `Retry-After` holds for all of them.
  case concurrent(limit: Int = 4)
}

/// A queue without its clock, its sink and its ledger: what to do next, and what became of what was done. Times are
/// milliseconds since 1970.
///
/// Only so many items are held. The ledger has all of them, and the next ones are loaded when there is room; what waits
/// for its time makes room for what does not.
struct OutboxStateMachine {
  enum Action: Equatable {
    case deliver([OutboxItem])
    /// Nothing is due before this time.
    case wait(until: Int64)
    /// Nothing can be done until something is added or comes back.
    case idle
    /// The queue is to end, and nothing is due, will be due in time, or is under way.
    case finished
  }

  /// What is attempted for so long without success is parked.
  static let longestPatience: Int64 = 24 * 3600 * 1000
  static let longestPause = Duration.seconds(300)

  struct Entry {
    var item: OutboxItem
    /// The longest that it can have to wait, in milliseconds: a time behind that was set by a clock that was ahead.
    var longestWait: Int64
    var isInFlight = false

    func due(at now: Int64) -> Int64 { item.due - now > longestWait ? now : item.due }
  }

  /// The longest that a target may ask for, in milliseconds.
  static let longestRetryAfter: Int64 = 24 * 3600 * 1000

  let order: OutboxOrder
  let capacity: Int
  let restoredUpTo: Int64
  private var random: SplitMix64
  /// By ascending id.
  var entries: [Entry] = []
  private(set) var inFlight = 0
  private var pausedUntil: Int64 = 0
  /// The longest pause of those that `pausedUntil` comes from, in milliseconds.
  private var longestPausing: Int64 = 0
  /// Once the queue is to end: until when attempts are waited for that are not due yet; nil before.
  private var lastDue: Int64?
  /// What the ledger has not been told yet.
  private(set) var report = OutboxReport()

  var holdings = Holdings()

  init(order: OutboxOrder, capacity: Int, restoredUpTo: Int64, seed: UInt64) {
    self.order = order
    self.capacity = max(2, capacity)
    self.restoredUpTo = restoredUpTo
    random = SplitMix64(state: seed)
  }

  var count: Int { entries.count }

  // MARK: Delivering

  mutating func next(at now: Int64) -> Action {
    let action =
      switch order {
      case .inOrder(let batch): nextInOrder(batch, at: now)
      case .concurrent(let limit): nextAmong(limit, at: now)
      }
    guard let lastDue, inFlight == 0 else { return action }
    switch action {
    case .deliver: return action
    case .wait(let until) where until <= lastDue: return action
    default: return .finished
    }
  }

  private mutating func nextInOrder(_ batch: Int, at now: Int64) -> Action {
    guard inFlight == 0 else { return .idle }
    var due: [Int] = []
    // Files whose first delivery waits for its time; nil is what goes into none.
    var waiting: Set<String?> = []
    var soonest: Int64?
    for (index, entry) in entries.enumerated() where !waiting.contains(entry.item.payload.path) {
      guard due.count < max(1, batch) else { break }
      let time = entry.due(at: now)
      if time <= now {
        due.append(index)
      } else {
        waiting.insert(entry.item.payload.path)
        soonest = min(soonest ?? time, time)
      }
    }
    guard !due.isEmpty else {
      return [soonest, returns(at: now)].compactMap(\.self).min().map { .wait(until: $0) } ?? .idle
    }
    for index in due { entries[index].isInFlight = true }
    inFlight = due.count
    return .deliver(due.map { entries[$0].item })
  }

  private mutating func nextAmong(_ limit: Int, at now: Int64) -> Action {
    guard inFlight < max(1, limit) else { return .idle }
    var first: (index: Int, due: Int64)?
    for (index, entry) in entries.enumerated() where !entry.isInFlight {
      let due = entry.due(at: now)
      if first.map({ due < $0.due }) ?? true { first = (index, due) }
    }
    guard let soonest = [first?.due, returns(at: now)].compactMap(\.self).min() else { return .idle }
    if pausedUntil - now > longestPausing { pausedUntil = now }
    guard let first, first.due <= now, pausedUntil <= now else { return .wait(until: max(soonest, pausedUntil)) }
    entries[first.index].isInFlight = true
    inFlight += 1
    return .deliver([entries[first.index].item])
  }

  /// Takes in what came of deliveries that `next` gave out.
  mutating func finished(_ items: [OutboxItem], _ answer: SinkAnswer, at now: Int64) {
    inFlight -= items.count
    for (index, item) in items.enumerated() {
      settle(item, index < answer.results.count ? answer.results[index] : .cancelled, at: now)
    }
    for mark in answer.marks { report.put(mark) }
  }

  private mutating func settle(_ item: OutboxItem, _ result: DeliveryResult, at now: Int64) {
    guard let index = index(of: item.id) else { return }
    switch result {
    case .delivered:
      remove(index)
      report.delivered.append(item.id)
    case .failedForGood(let error):
      remove(index)
      report.parked.append(.init(id: item.id, rule: item.rule, at: now, error: error))
    case .failedForNow(let failure) where now - item.since >= Self.longestPatience:
      remove(index)
      report.parked.append(
        .init(
          id: item.id, rule: item.rule, at: now,
          error: "given up after 24 hours and \(item.attempts + 1) attempts: \(failure.message)"))
    case .failedForNow(let failure):
      putOff(index, failure, at: now)
    case .cancelled:
      entries[index].isInFlight = false
    }
  }

  private mutating func putOff(_ index: Int, _ failure: DeliveryFailure, at now: Int64) {
    entries[index].isInFlight = false
    entries[index].item.attempts += 1
    entries[index].item.mayHaveBegun = true
    let pause = max(pause(after: entries[index].item.attempts), failure.retryAfter ?? .zero)
    entries[index].item.due = now + pause.milliseconds
    entries[index].longestWait = pause.milliseconds
    if case .concurrent = order, let retryAfter = failure.retryAfter {
      pausedUntil = max(pausedUntil, now + retryAfter.milliseconds)
      longestPausing = max(longestPausing, retryAfter.milliseconds)
    }
    let item = entries[index].item
    report.retried.append(.init(id: item.id, attempts: item.attempts, due: item.due, error: failure.message))
  }

  private mutating func pause(after attempts: Int) -> Duration {
    var backoff = Backoff(cap: Self.longestPause, seed: random.next())
    var pause = Duration.zero
    // The tenth step is as long as those behind it.
    for _ in 1...min(attempts, 10) { pause = backoff.next() }
    return pause
  }

  // MARK: Reporting, ending

  /// Hands the report over; it counts as written until `restore`.
  mutating func takeReport() -> OutboxReport {
    defer { report = OutboxReport() }
    return report
  }

  /// Takes back a report that could not be written; what has come since stands behind it.
  mutating func restore(_ older: OutboxReport) {
    var whole = older
    whole.delivered += report.delivered
    whole.retried += report.retried
    whole.parked += report.parked
    for mark in report.marks { whole.put(mark) }
    report = whole
  }

  /// From now on only what is due is delivered.
  ///
  /// - Parameter last: what becomes due until then is delivered too.
  mutating func finish(retryingUntil last: Int64 = .min) {
    lastDue = last
  }
}

extension OutboxReport {
  /// The newest mark of a path is the one that counts.
  fileprivate mutating func put(_ mark: PathMark) {
    if let index = marks.firstIndex(where: { $0.path == mark.path }) {
      marks[index] = mark
    } else {
      marks.append(mark)
    }
  }
}
