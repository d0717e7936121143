import BoxClient
import Delivery
import Ledger
import Logging
import RuleEngine
import Synchronization

extension Watcher {
  func assemble(
    _ ledger: Ledger, _ output: OutputDirectory, _ failed: @escaping @Sendable (any Error) -> Void
  ) async throws -> Live {
    let connections = PinnedConnections()
    let http = GuardedHTTPClient(allowed: try AllowedHosts(configuration.allowedHosts), connections: connections)
    try await ledger.takeAccount(isSimulated: configuration.isSimulated)
    if !configuration.isDryRun { try await ledger.takeOutput(output) }
    for stream in configuration.streams {
      guard let other = try await ledger.takeStreamType(stream.streamType, of: stream.name),
        configuration.resets[stream.name] == nil
      else { continue }
      logger.warning(
        "stream \(stream.name): its position was got on \(other.rawValue); on \(stream.streamType.rawValue) it means another place, so that events may be left out or be old: give each type a --state or a name of its own, or move the position with --reset-position"
      )
    }
    let shared = try await ledger.stateCells(of: Committer.sharedNamespace)
    let secrets = try Dictionary(
      configuration.secrets.map { ($0.name, try BoundSecret($0.value, hosts: $0.hosts)) }
    ) { $1 }
    let services = BoxServices(
      streams: configuration.streams, http: http, output: output, secrets: secrets,
      mayWrite: configuration.mayWriteToBox, isDryRun: configuration.isDryRun,
      positions: { [self] stream in self.streams.first { $0.stream.name == stream }?.position },
      log: { [logger] in logger.log($0) })
    let later = Mutex<Committer?>(nil)
    let outbox = try Outbox(
      configuration, output: output, http: http, connections: connections, secrets: secrets,
      marks: try await ledger.marks(of: output), last: try await ledger.lastID(), ledger: ledger,
      committer: { later.withLock { $0! } }, logger: logger)
    let committer = Committer(
      ledger: ledger, router: EffectRouter(routing: configuration.routing, fileSinks: outbox.fileSinks),
      shared: CommittedSharedStore(cells: shared), isDryRun: configuration.isDryRun, logger: logger,
      deliver: { await outbox.add($0) }, failed: failed)
    later.withLock { $0 = committer }

    let (sources, sets) = try configuration.sources()
    let (engine, problems) = await RuleEngine.load(
      sources, options: configuration.optionsOfRules, services: services, sharedCells: shared)
    for problem in problems {
      logger.log(level: problem.severity == .error ? .error : .warning, "\(problem.plainText)")
    }
    if engine.files.isEmpty || (configuration.isStrict && problems.contains { $0.severity == .error }) {
      await engine.close()
      throw WatcherError.rulesDoNotLoad(all: engine.files.isEmpty)
    }
    try await ledger.release(changedSince: engine.files)
    try await engine.restore { try await ledger.remembered(by: $0) }
    let crew = RuleCrew(
      engine: engine, ledger: ledger, committer: committer, sets: sets, failed: failed)
    let gate = Gate()
    let surroundings = StreamRunner.Surroundings(
      ledger: ledger, committer: committer, gate: gate, crew: crew, logger: logger,
      seenCapacity: configuration.seenEvents, backlogLimit: configuration.backlogLimit,
      sharedIDs: SharedIDs(
        configuration.streams, seen: try await ledger.seen(), capacity: configuration.seenEvents),
      prompts: prompts, once: configuration.once != nil,
      // A simulated account's `admin_logs` shows everything at once.
      lateness: configuration.isSimulated ? .zero : configuration.lateness)
    return Live(
      ledger: ledger, committer: committer, crew: crew, outbox: outbox, output: output,
      streams: configuration.streams.map { StreamRunner(stream: $0, surroundings: surroundings) }, gate: gate,
      failed: failed)
  }
}
