import BoxClient

/// In which order a queue delivers.
public enum OutboxOrder: Sendable, Hashable {
  /// One after the other; one that fails in passing holds those behind it. So many are handed over at once.
  case inOrder(batch: Int = 256)
  /// So many at a time, started in order; one that fails waits for its next turn aside.
  ///
  /// `sharesTarget`: all go to the same place, so that its `Retry-After` holds for all of them.
  case concurrent(limit: Int = 4, sharesTarget: Bool)
}

/// A queue without its clock, its sink and its ledger: what to do next, and what became of what was done. Times are
/// milliseconds since 1970.
///
/// Only so many items are held. The ledger has all of them, and the next ones are loaded when there is room.
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

  private struct Entry {
    var item: OutboxItem
    /// The longest that it can have to wait, in milliseconds: a time behind that was set by a clock that was ahead.
    var longestWait: Int64
    var isInFlight = false

    func due(at now: Int64) -> Int64 { item.due - now > longestWait ? now : item.due }
  }

  /// The longest that a target may ask for, in milliseconds.
  private static let longestRetryAfter: Int64 = 24 * 3600 * 1000

  private let order: OutboxOrder
  private let capacity: Int
  private let restoredUpTo: Int64
  private var random: SplitMix64
  /// By ascending id.
  private var entries: [Entry] = []
  private var inFlight = 0
  private var pausedUntil: Int64 = 0
  /// The longest pause of those that `pausedUntil` comes from, in milliseconds.
  private var longestPausing: Int64 = 0
  /// Once the queue is to end: until when attempts are waited for that are not due yet; nil before.
  private var lastDue: Int64?
  /// What the ledger has not been told yet.
  private(set) var report = OutboxReport()

  /// Every pending delivery up to this id is held or was.
  private var covered: Int64 = 0
  private var mayHaveMore = true
  private var loading: Loading?

  /// What happened while the ledger was being read.
  private struct Loading {
    var finished: Set<Int64> = []
    var missed = false
  }

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
      case .concurrent(let limit, _): nextAmong(limit, at: now)
      }
    guard let lastDue, inFlight == 0 else { return action }
    switch action {
    case .deliver: return action
    case .wait(let until) where until <= lastDue: return action
    default: return .finished
    }
  }

  private mutating func nextInOrder(_ batch: Int, at now: Int64) -> Action {
    guard inFlight == 0, let first = entries.first else { return .idle }
    guard first.due(at: now) <= now else { return .wait(until: first.item.due) }
    let due = entries.prefix(max(1, batch)).prefix { $0.due(at: now) <= now }.indices
    for index in due { entries[index].isInFlight = true }
    inFlight = due.count
    return .deliver(entries[due].map(\.item))
  }

  private mutating func nextAmong(_ limit: Int, at now: Int64) -> Action {
    guard inFlight < max(1, limit) else { return .idle }
    let waiting = entries.indices.lazy.filter { [entries] in !entries[$0].isInFlight }
    guard let soonest = waiting.map({ [entries] in entries[$0].due(at: now) }).min() else { return .idle }
    if pausedUntil - now > longestPausing { pausedUntil = now }
    guard soonest <= now, pausedUntil <= now,
      let index = waiting.first(where: { [entries] in entries[$0].due(at: now) <= now })
    else { return .wait(until: max(soonest, pausedUntil)) }
    entries[index].isInFlight = true
    inFlight += 1
    return .deliver([entries[index].item])
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
    if case .concurrent(_, sharesTarget: true) = order, let retryAfter = failure.retryAfter {
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

// MARK: - Holding and loading

extension OutboxStateMachine {
  /// Takes in deliveries that were just committed.
  mutating func add(_ items: [OutboxItem]) {
    for item in items where item.id > covered {
      if mayHaveMore || entries.count >= capacity {
        mayHaveMore = true
        loading?.missed = true
      } else {
        insert(item)
      }
    }
  }

  /// What to read from the ledger now, if anything.
  mutating func beginLoading() -> (after: Int64, limit: Int)? {
    guard mayHaveMore, loading == nil, entries.count <= capacity / 2 else { return nil }
    loading = Loading()
    return (covered, capacity)
  }

  mutating func loaded(_ items: [OutboxItem]) {
    guard let loading else { return }
    self.loading = nil
    for item in items where !loading.finished.contains(item.id) { insert(item) }
    covered = max(covered, items.last?.id ?? 0)
    mayHaveMore = items.count >= capacity || loading.missed
  }

  mutating func loadingFailed() {
    loading = nil
  }

  private mutating func insert(_ item: OutboxItem) {
    let index = entries.partitioningIndex(of: item.id) { $0.item.id }
    guard index == entries.count || entries[index].item.id != item.id else { return }
    var item = item
    item.mayHaveBegun = item.mayHaveBegun || item.id <= restoredUpTo
    entries.insert(Entry(item: item, longestWait: longestWait(restored: item)), at: index)
  }

  /// The ledger does not say whether a target had asked for the pause.
  private func longestWait(restored item: OutboxItem) -> Int64 {
    if case .concurrent = order, item.attempts > 0 { return Self.longestRetryAfter }
    return Self.longestPause.milliseconds
  }

  private func index(of id: Int64) -> Int? {
    let index = entries.partitioningIndex(of: id) { $0.item.id }
    return index < entries.count && entries[index].item.id == id ? index : nil
  }

  private mutating func remove(_ index: Int) {
    loading?.finished.insert(entries[index].item.id)
    entries.remove(at: index)
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

extension Array {
  /// The first place whose key is not below the given one; the keys ascend.
  fileprivate func partitioningIndex(of key: Int64, by read: (Element) -> Int64) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if read(self[middle]) < key { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
