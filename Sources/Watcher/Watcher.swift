import BoxClient
import Delivery
import EventFeed
import Ledger
import Logging
import RuleEngine
import ServiceLifecycle
import Synchronization

/// Watches streams, runs rules on their events, keeps what they caused in the ledger and delivers it.
///
/// Runs as a service: a graceful shutdown finishes and commits the page in hand, delivers what is due, and ends.
public final class Watcher: Service {
  let configuration: WatcherConfiguration
  let logger: Logger
  let started = WallClock.now
  private let live = Mutex<Live?>(nil)

  /// What a running watcher is made of.
  struct Live: Sendable {
    let ledger: Ledger
    let committer: Committer
    let crew: RuleCrew
    let outbox: Outbox
    let output: OutputDirectory
    let streams: [StreamRunner]
    let gate: Gate
    /// Told where the ledger fails for good.
    let failed: @Sendable (any Error) -> Void
  }
  /// The prompts that are attached.
  let prompts = AttachedPrompts()
  let reloads = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
  /// Whether a reload was asked for, by a signal, and not only found due.
  let isReloadAsked = Atomic(false)
  /// Why the last reload did not take everything; empty where it did.
  let reloadProblems = Mutex<[String]>([])
  /// The files that it did not take.
  let refusals = Mutex<[RuleEngine.Reload.Refusal]>([])
  let isEnding = Mutex(false)
  private let total = Mutex<String?>(nil)

  /// What `--once` has done, on one line; nil before the end. Other runs log it.
  public var summary: String? { total.withLock { $0 } }

  public init(_ configuration: WatcherConfiguration, logger: Logger) {
    self.configuration = configuration
    self.logger = logger
  }

  /// Runs until a graceful shutdown, or until a person must act.
  ///
  /// - Throws: ``WatcherError``, `LedgerError`, `FeedStop`.
  public func run() async throws {
    let directory = try StateDirectory.make(configuration.state)
    let lock = try StateLock(directory)
    guard configuration.isDryRun else { return try await run(holding: lock, directory) }
    // On a copy: what a dry run handles is not handled.
    defer { lock.release() }
    let scratch = try ScratchState(copying: directory)
    defer { scratch.remove() }
    try await run(holding: StateLock(scratch.directory), scratch.directory)
  }

  private func run(holding lock: StateLock, _ directory: StateDirectory) async throws {
    var options = Ledger.Options()
    options.durability = configuration.isPowerSafe ? .power : .process
    options.seenPerFeed = configuration.seenEvents
    options.feeds = Set(configuration.streams.map(\.feedName))
    let ledger = try Ledger(lock, options: options)
    do {
      try await run(on: ledger, directory)
    } catch {
      try? await ledger.close()
      throw error
    }
    try await ledger.close()
  }

  private func run(on ledger: Ledger, _ directory: StateDirectory) async throws {
    let (failures, fail) = AsyncStream<any Error>.makeStream()
    let failed: @Sendable (any Error) -> Void = { fail.yield($0) }
    let output = try outputDirectory(directory)
    let live = try await assemble(ledger, output, failed)
    self.live.withLock { $0 = live }
    defer { self.live.withLock { $0 = nil } }
    let watchdog = Task { await guardAgainstStuckHandlers(live) }
    defer { watchdog.cancel() }

    try await resetPositions(live)
    for file in live.crew.engine.files { await live.crew.join(file) }
    if !configuration.isDryRun { try await live.outbox.start() }
    let watch = beginFollowing(live)
    tellOfStart(live)
    try await tellOfTheUnclaimed(live)

    let endings = try await operate(live, directory, watch) {
      await self.follow(live, failures)
    }
    logger.info("ending: \(endings.reason)")
    let end = ContinuousClock.now + configuration.grace
    await live.crew.leaveAll()
    try await live.committer.commit(await live.crew.engine.stop(by: end))
    // Nobody waits for the end of a watcher that ends by itself: a passing failure gets its next attempts.
    await live.outbox.finish(within: max(.seconds(1), ContinuousClock.now.duration(to: end)), retrying: endings.isDone)
    try await live.committer.flush()
    await live.crew.engine.close()
    await tellOfEnd(live)
    if let error = endings.error { throw error }
  }

  private func outputDirectory(_ state: StateDirectory) throws -> OutputDirectory {
    guard configuration.isDryRun else {
      return try OutputDirectory(
        path: configuration.output, states: [configuration.state], durable: configuration.isPowerSafe)
    }
    // Rules read there what there is. Where nothing is, an empty folder of the copy does, which goes with that.
    return try OutputDirectory(existing: configuration.output, states: [configuration.state])
      ?? OutputDirectory(path: ScratchState.output(of: state))
  }

  var current: Live? { live.withLock { $0 } }
  var streams: [StreamRunner] { live.withLock { $0?.streams } ?? [] }

  private func resetPositions(_ live: Live) async throws {
    let stored = configuration.resets.isEmpty ? [] : try await live.ledger.streams()
    for (name, start) in configuration.resets {
      let before = stored.first { $0.stream == name }.flatMap { $0.position ?? $0.createdAfter }
      var commit = LedgerCommit()
      // `now` is asked of Box, which dates the events.
      switch start {
      case .position(let position): commit.streams = [StreamProgress(stream: name, position: position.text)]
      case .time(let time): commit.streams = [StreamProgress(stream: name, createdAfter: time.description)]
      }
      try await live.committer.write(commit)
      logger.notice(
        "the position of stream \(name) is set to \(start.inWords)\(before.map { ", from \($0)" } ?? ""); handled events stay handled"
      )
    }
  }

  private func tellOfStart(_ live: Live) {
    let files = live.crew.engine.files.count
    let names = configuration.streams.prefix(5).map(\.name).joined(separator: ", ")
    let more = configuration.streams.count - 5
    let streams = more > 0 ? "\(names) and \(Count.text(more, "more stream"))" : names
    logger.notice("watching \(streams) with \(Count.text(files, "rule file"))")
  }

  /// Names what the state holds for rules and streams that have another name now, or are gone: it waits for them.
  private func tellOfTheUnclaimed(_ live: Live) async throws {
    let loaded = Set(live.crew.engine.files.map(\.namespace))
    for (name, count) in try await live.ledger.counts().entries.sorted(by: { $0.key < $1.key }) {
      guard !loaded.contains(name) else { continue }
      logger.warning(
        "the backlog holds \(Count.text(count, "event")) of rule \(name), which is not loaded; a rule file of that name, or with that box.namespace, handles them"
      )
    }
    let watched = Set(configuration.streams.map(\.name))
    for progress in try await live.ledger.streams() where !watched.contains(progress.stream) {
      logger.notice(
        "the state has the position of stream \(progress.stream), which is not watched; a stream of that name would go on there"
      )
    }
  }

  private func tellOfEnd(_ live: Live) async {
    let counters = await live.committer.counters
    let counts = try? await live.ledger.counts()
    var parts = [Count.text(counters.events, "event", "handled")]
    if counters.backlogEvents > 0 { parts.append(Count.text(counters.backlogEvents, "backlog entry", "worked off")) }
    parts.append(Count.text(counters.alerts, "alert"))
    func add(_ count: Int, _ what: String, _ more: String) {
      if count > 0 { parts.append(Count.text(count, what, more)) }
    }
    add(counters.failures, "handler call", "failed")
    add(counts?.entries.values.reduce(0, +) ?? 0, "event", "in backlogs")
    add(counts?.deliveries.values.reduce(0, +) ?? 0, "delivery", "waiting")
    let parked = (counts?.parkedEvents.values.reduce(0, +) ?? 0) + (counts?.parkedDeliveries.values.reduce(0, +) ?? 0)
    if parked > 0 {
      parts.append("\(parked) \(configuration.isDryRun ? "would be parked" : "parked (boxwatch parked list)")")
    }
    let line = parts.joined(separator: ", ")
    if configuration.once == nil {
      logger.notice("\(line)")
    } else {
      total.withLock { $0 = line }
      // One of a sink that is no longer configured waits for that.
      let known = (counts?.deliveries ?? [:]).filter { live.outbox.names.contains($0.key) }
      tellOfWaiting(known, counts?.deliveryErrors ?? [:])
      await tellOfWaiting(counts?.entries ?? [:], live.ledger)
    }
  }

  /// Until the next run, nobody tries what `--once` could not deliver.
  private func tellOfWaiting(_ deliveries: [String: Int], _ errors: [String: String]) {
    tellOfWaiting(deliveries, errors, ("delivery waits", "deliveries wait"))
  }

  /// Nor the events whose handlers asked in vain.
  private func tellOfWaiting(_ entries: [String: Int], _ ledger: Ledger) async {
    var errors: [String: String] = [:]
    for namespace in entries.keys {
      let first = try? await ledger.entries(of: namespace, limit: 1).first
      errors[namespace] = first?.entry.error
    }
    tellOfWaiting(entries.filter { errors[$0.key] != nil }, errors, ("event waits", "events wait"))
  }

  private func tellOfWaiting(_ counts: [String: Int], _ errors: [String: String], _ words: (one: String, many: String))
  {
    let waiting = counts.filter { $0.value > 0 }.sorted { $0.key < $1.key }
    guard !waiting.isEmpty else { return }
    let count = waiting.reduce(0) { $0 + $1.value }
    let places = waiting.map { name, count in "\(name) \(count)\(errors[name].map { ": \($0)" } ?? "")" }
      .joined(separator: "; ")
    logger.warning(
      "\(count) \(count == 1 ? words.one : words.many) for another attempt (\(places)): the next boxwatch run on this state directory makes it; --grace gives this one more time"
    )
  }
}

extension WatchedStream.Start {
  var inWords: String {
    switch self {
    case .position(.beginning): "the beginning"
    case .position(let position): position.text
    case .time(let time): "\(time)"
    }
  }
}
