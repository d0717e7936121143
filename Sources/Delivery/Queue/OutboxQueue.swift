import Logging

/// Drains the outbox of one sink: attempts what is due, tries again what failed in passing, parks what fails for good,
/// and tells the ledger in batches. Nothing is dropped: what the ledger was not told is attempted again.
///
/// Whoever commits deliveries hands them to `add` afterwards; what was pending before is loaded by `run` itself.
public actor OutboxQueue {
  /// The sink's name.
  public nonisolated let name: String
  private let sink: any DeliverySink
  private let clock: OutboxClock
  private let logger: Logger?
  private let idleLimit: Duration?
  private let load: @Sendable (_ request: OutboxRequest, _ limit: Int) async throws -> OutboxLoad
  private let write: @Sendable (OutboxReport) async throws -> Void

  private var machine: OutboxStateMachine
  private var notices: FailureNotices
  private let bell = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
  private var underWay: [Int: Task<Void, Never>] = [:]
  private var started = 0
  private var isRunning = false
  private var hasEnded = false
  private var isOutOfTime = false
  /// Whether the ledger could not be read last time: it is tried again soon, whatever else there is to wait for.
  private var ledgerFailed = false
  private var waitingForEnd: [CheckedContinuation<Void, Never>] = []

  /// Between two attempts to read or write the ledger.
  private static let ledgerPause = Duration.seconds(1)

  /// - Parameters:
  ///   - restoredUpTo: the highest delivery id of the ledger when the process started: up to it, an earlier process may
  ///     have begun.
  ///   - capacity: items held in memory at most; the ledger keeps the others until there is room.
  ///   - seed: makes the jitter repeatable.
  ///   - idleLimit: how long it waits for something to do before it ends by itself; nil for ever.
  ///   - load: pending deliveries of the queue, `limit` at most.
  ///   - report: writes one commit. It is tried again until it succeeds, and nothing new is attempted meanwhile.
  public init(
    name: String, sink: any DeliverySink, order: OutboxOrder, restoredUpTo: Int64, capacity: Int = 1000,
    clock: OutboxClock = .system, seed: UInt64 = .random(in: 0...UInt64.max), logger: Logger? = nil,
    idleLimit: Duration? = nil,
    load: @escaping @Sendable (_ request: OutboxRequest, _ limit: Int) async throws -> OutboxLoad,
    report: @escaping @Sendable (OutboxReport) async throws -> Void
  ) {
    self.name = name
    self.sink = sink
    self.clock = clock
    self.logger = logger
    self.idleLimit = idleLimit
    self.load = load
    write = report
    notices = FailureNotices(sink: name)
    machine = OutboxStateMachine(order: order, capacity: capacity, restoredUpTo: restoredUpTo, seed: seed)
  }

  /// Takes in deliveries after their commit, in the order of commits.
  /// - Returns: false once `run` has ended: the ledger keeps them for another queue.
  @discardableResult
  public func add(_ items: [OutboxItem]) -> Bool {
    guard !hasEnded else { return false }
    machine.add(items)
    bell.continuation.yield()
    return true
  }

  /// Delivers until `finish`, until the task is cancelled, or until there was nothing to do for long enough. To be called
  /// once.
  public func run() async {
    precondition(!isRunning, "the queue \(name) runs already")
    isRunning = true
    var rings = bell.stream.makeAsyncIterator()
    var idleSince: Int64?
    turns: while !Task.isCancelled, !isOutOfTime {
      await flush()
      let hasMore = await fill()
      // What came back meanwhile is written down first: the next append builds on it.
      guard machine.report.isEmpty else { continue }
      let now = clock.now()
      let action = machine.next(at: now)
      idleSince = machine.isEmpty ? idleSince ?? now : nil
      let ledgerIsTried = ledgerFailed ? now + Self.ledgerPause.milliseconds : nil
      switch action {
      case .deliver(let items): start(items)
      case _ where hasMore: continue
      case .wait(let until):
        // What is due already waits for the ledger.
        let time = until > now ? min(until, ledgerIsTried ?? until) : ledgerIsTried ?? until
        await wait(until: time, &rings)
      case .idle:
        let end = idleSince.flatMap { since in idleLimit.map { since + $0.milliseconds } }
        if let end, now >= end { break turns }
        await wait(until: ledgerIsTried ?? end, &rings)
      case .finished: break turns
      }
    }
    for task in underWay.values { task.cancel() }
    for task in underWay.values { await task.value }
    isOutOfTime = true
    await flush()
    hasEnded = true
    for waiting in waitingForEnd { waiting.resume() }
    waitingForEnd = []
  }

  /// Ends `run`, which may still have to begin: what is due is delivered, what is not stays in the ledger. Returns when
  /// `run` has ended, which is soon after the given time at the latest.
  ///
  /// - Parameter retrying: whether attempts that become due within that time are waited for.
  public func finish(within grace: Duration, retrying: Bool = false) async {
    if retrying { machine.finish(retryingUntil: clock.now() + grace.milliseconds) } else { machine.finish() }
    bell.continuation.yield()
    guard !hasEnded else { return }
    let alarm = Task {
      guard (try? await clock.sleep(grace)) != nil else { return }
      runOutOfTime()
    }
    await withCheckedContinuation { waitingForEnd.append($0) }
    alarm.cancel()
  }

  private func runOutOfTime() {
    isOutOfTime = true
    for task in underWay.values { task.cancel() }
    bell.continuation.yield()
  }

  private func start(_ items: [OutboxItem]) {
    started += 1
    let number = started
    underWay[number] = Task(executorPreference: sink.executor) { [sink] in
      let answer = await sink.deliver(items)
      await self.finished(number, items, answer)
    }
  }

  private func finished(_ number: Int, _ items: [OutboxItem], _ answer: SinkAnswer) {
    underWay[number] = nil
    let now = clock.now()
    machine.finished(items, answer, at: now)
    for retry in machine.report.retried {
      guard let item = items.first(where: { $0.id == retry.id }) else { continue }
      if let notice = notices.notice(of: retry, item, at: now) { logger?.warning("\(notice)") }
    }
    bell.continuation.yield()
  }

  private func wait(until time: Int64?, _ rings: inout AsyncStream<Void>.Iterator) async {
    let alarm = time.map { time in
      Task {
        // The time of day may be set: no sleep is longer than a minute.
        let pause = min(max(0, time - clock.now()), 60_000)
        guard (try? await clock.sleep(.milliseconds(pause))) != nil else { return }
        bell.continuation.yield()
      }
    }
    _ = await rings.next(isolation: self)
    alarm?.cancel()
  }

  /// Writes the report; once the time is out, in one attempt only.
  private func flush() async {
    while !machine.report.isEmpty {
      let report = machine.takeReport()
      do {
        try await write(report)
      } catch {
        machine.restore(report)
        logger?.error(
          "the state cannot be written; deliveries wait", metadata: ["sink": "\(name)", "error": "\(error)"])
        if isOutOfTime { return }
        guard (try? await clock.sleep(Self.ledgerPause)) != nil else { return }
      }
    }
  }

  /// Reads what there is room for.
  /// - Returns: whether that brought something, so that there may be more.
  private func fill() async -> Bool {
    guard let (request, limit) = machine.beginLoading(at: clock.now()) else { return false }
    do {
      let load = try await load(request, limit)
      ledgerFailed = false
      return machine.loaded(load, of: request)
    } catch {
      machine.loadingFailed()
      if !ledgerFailed {
        logger?.error("the state cannot be read; deliveries wait", metadata: ["sink": "\(name)", "error": "\(error)"])
      }
      ledgerFailed = true
      return false
    }
  }
}
