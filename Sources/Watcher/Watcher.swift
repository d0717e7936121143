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
    let streams: [StreamRunner]
    let gate: Gate
  }

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
    var options = Ledger.Options()
    options.durability = configuration.isPowerSafe ? .power : .process
    options.seenPerFeed = configuration.seenEvents
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
    let output = try OutputDirectory(path: configuration.output, durable: configuration.isPowerSafe)
    let live = try await assemble(ledger, output, failed)
    self.live.withLock { $0 = live }
    defer { self.live.withLock { $0 = nil } }

    try await resetPositions(live)
    try await commit(await live.crew.engine.start(), live, joining: true)
    live.outbox.start()
    tellOfStart(live)

    let endings = try await operate(live, directory) {
      await self.follow(live, failures)
    }
    logger.info("ending: \(endings.reason)")
    await live.crew.leaveAll()
    try await commit(await live.crew.engine.stop(), live, joining: false)
    await live.outbox.finish(within: configuration.grace)
    try await live.committer.flush()
    await live.crew.engine.close()
    await tellOfEnd(live)
    if let error = endings.error { throw error }
  }

  // MARK: Assembling

  private func assemble(
    _ ledger: Ledger, _ output: OutputDirectory, _ failed: @escaping @Sendable (any Error) -> Void
  ) async throws -> Live {
    let connections = PinnedConnections()
    let http = GuardedHTTPClient(allowed: try AllowedHosts(configuration.allowedHosts), connections: connections)
    let shared = try await ledger.stateCells(of: Committer.sharedNamespace)
    let services = BoxServices(
      streams: configuration.streams, http: http, output: output,
      secrets: try Dictionary(
        configuration.secrets.map { ($0.name, try BoundSecret($0.value, hosts: $0.hosts)) }
      ) { $1 },
      mayWrite: configuration.mayWriteToBox,
      positions: { [self] stream in self.streams.first { $0.stream.name == stream }?.position },
      log: { [logger] in logger.log($0) })
    let later = Mutex<Committer?>(nil)
    let outbox = try Outbox(
      configuration, output: output, http: http, connections: connections,
      marks: try await ledger.fileMarks().map { PathMark($0) }, last: try await ledger.lastID(), ledger: ledger,
      committer: { later.withLock { $0! } }, logger: logger)
    let committer = Committer(
      ledger: ledger, router: EffectRouter(routing: configuration.routing, fileSinks: outbox.fileSinks),
      shared: CommittedSharedStore(cells: shared), isDryRun: configuration.isDryRun, logger: logger,
      deliver: { await outbox.add($0) }, failed: failed)
    later.withLock { $0 = committer }

    var options = configuration.options
    options.streams = configuration.streams.map(\.streamType)
    options.sinks = Set(configuration.sinks.map(\.name))
    let (sources, sets) = try configuration.sources()
    let (engine, problems) = await RuleEngine.load(
      sources, options: options, services: services, sharedCells: shared)
    for problem in problems { logger.log(level: problem.severity == .error ? .error : .warning, "\(problem)") }
    if engine.files.isEmpty || (configuration.isStrict && problems.contains { $0.severity == .error }) {
      await engine.close()
      throw WatcherError.rulesDoNotLoad(all: engine.files.isEmpty)
    }
    try await engine.restore { try await ledger.remembered(by: $0) }
    let crew = RuleCrew(
      engine: engine, ledger: ledger, committer: committer, sets: sets, logger: logger, failed: failed)
    let gate = Gate()
    let surroundings = StreamRunner.Surroundings(
      ledger: ledger, committer: committer, gate: gate, crew: crew, logger: logger,
      seenCapacity: configuration.seenEvents, backlogLimit: configuration.backlogLimit,
      once: configuration.once != nil)
    return Live(
      ledger: ledger, committer: committer, crew: crew, outbox: outbox,
      streams: configuration.streams.map { StreamRunner(stream: $0, surroundings: surroundings) }, gate: gate)
  }

  var current: Live? { live.withLock { $0 } }
  private var streams: [StreamRunner] { live.withLock { $0?.streams } ?? [] }

  private func commit(_ results: [RuleEngine.FileResult], _ live: Live, joining: Bool) async throws {
    try await live.committer.commit(results)
    guard joining else { return }
    for one in results { await live.crew.join(one.file, nextDue: one.result.nextDue) }
  }

  private func resetPositions(_ live: Live) async throws {
    for (name, start) in configuration.resets {
      var commit = LedgerCommit()
      switch start {
      case .position(let position): commit.streams = [StreamProgress(stream: name, position: position.text)]
      case .time(let time): commit.streams = [StreamProgress(stream: name, createdAfter: time.description)]
      }
      try await live.committer.write(commit)
      logger.notice("the position of stream \(name) is set to \(start.inWords); handled events stay handled")
    }
  }

  // MARK: Running

  /// Why a watcher ends.
  private struct Ending: Sendable {
    let reason: String
    let error: (any Error)?
  }

  private enum Happening: Sendable {
    case streamEnded(StreamRunner, (any Error)?)
    case ledgerFailed(any Error)
    case shutdown
    case timedOut
  }

  /// Follows the streams until all have ended, or something else ends the watcher.
  private func follow(_ live: Live, _ failures: AsyncStream<any Error>) async -> Ending {
    let progress = (try? await live.ledger.streams()) ?? []
    let meta = (try? await live.ledger.meta()) ?? [:]
    let now = WallClock.now
    return await withTaskGroup(of: Happening?.self) { group in
      for runner in live.streams {
        let stored = progress.first { $0.stream == runner.stream.name }
        if let position = stored?.position, configuration.resets[runner.stream.name] == nil {
          logger.notice(
            "stream \(runner.stream.name) goes on at position \(position); --from counts at the first start only")
        }
        let last = meta[Committer.contactKey(runner.stream.name)].flatMap { Int64($0) }
        let reset = configuration.resets[runner.stream.name]
        let gap = last.flatMap { last -> StreamGap? in
          let last = Timestamp(milliseconds: last)
          guard reset == .position(.now) else { return StreamGap.since(last, on: runner.stream.streamType, now: now) }
          return StreamGap(from: last, to: now, reason: "the position was moved to now")
        }
        group.addTask {
          do {
            try await runner.run(gap: gap)
            return .streamEnded(runner, nil)
          } catch {
            return .streamEnded(runner, error)
          }
        }
      }
      group.addTask {
        for await failure in failures { return .ledgerFailed(failure) }
        return nil
      }
      group.addTask {
        // Ends when it is cancelled, or when the shutdown begins.
        try? await gracefulShutdown()
        return Task.isCancelled ? nil : .shutdown
      }
      if let once = configuration.once {
        group.addTask { await Self.isUnreachable(live.streams, for: once.timeout) ? .timedOut : nil }
      }
      let ending = await self.ending(&group, live)
      group.cancelAll()
      await group.waitForAll()
      return ending
    }
  }

  private func ending(_ group: inout TaskGroup<Happening?>, _ live: Live) async -> Ending {
    var running = live.streams.count
    var lastError: (any Error)?
    while let happening = await group.next() {
      switch happening {
      case nil: continue
      case .shutdown: return Ending(reason: "a signal came", error: nil)
      case .ledgerFailed(let error): return Ending(reason: "the ledger failed", error: error)
      case .timedOut:
        return Ending(reason: "Box is out of reach", error: WatcherError.unreachable(Self.trouble(live.streams)))
      case .streamEnded(let runner, let error):
        running -= 1
        if let error {
          // One stream that fails never stops the others.
          runner.stopped(because: "\(error)")
          logger.error("stream \(runner.stream.name) has ended: \(error)")
          lastError = error
          if error is LedgerError { return Ending(reason: "the ledger failed", error: error) }
        }
        guard running == 0 else { continue }
        guard lastError == nil, configuration.once != nil else {
          return Ending(reason: "no stream is left", error: lastError)
        }
        while await !live.crew.isIdle { try? await Task.sleep(for: .milliseconds(20)) }
        return Ending(reason: "all is caught up", error: nil)
      }
    }
    return Ending(reason: "nothing is left to do", error: nil)
  }

  /// Returns true when no stream has had an answer for that long; false when cancelled.
  private static func isUnreachable(_ streams: [StreamRunner], for limit: Duration) async -> Bool {
    let begun = WallClock.now
    while !Task.isCancelled {
      try? await Task.sleep(for: .milliseconds(200))
      let last = streams.compactMap(\.status.lastPageAt).max() ?? begun
      if streams.contains(where: { $0.status.waiting?.error != nil }), WallClock.now - last >= limit { return true }
    }
    return false
  }

  private static func trouble(_ streams: [StreamRunner]) -> String {
    streams.compactMap { $0.status.waiting?.error }.first ?? "no answer"
  }

  // MARK: Words

  private func tellOfStart(_ live: Live) {
    let files = live.crew.engine.files.count
    logger.notice(
      "watching \(configuration.streams.map(\.name).joined(separator: ", ")) with \(files) rule \(files == 1 ? "file" : "files")"
    )
  }

  private func tellOfEnd(_ live: Live) async {
    let counters = await live.committer.counters
    let counts = try? await live.ledger.counts()
    var parts = ["\(counters.events) events handled", "\(counters.alerts) alerts"]
    func add(_ count: Int, _ what: String) { if count > 0 { parts.append("\(count) \(what)") } }
    add(counters.failures, "handlers failed")
    add(counts?.entries.values.reduce(0, +) ?? 0, "events in backlogs")
    add(counts?.deliveries.values.reduce(0, +) ?? 0, "deliveries waiting")
    let parked = (counts?.parkedEvents.values.reduce(0, +) ?? 0) + (counts?.parkedDeliveries.values.reduce(0, +) ?? 0)
    add(parked, "parked (boxwatch parked list)")
    logger.notice("\(parts.joined(separator: ", "))")
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
