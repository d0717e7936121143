import BoxClient
import Delivery
import Ledger
import Logging
import Synchronization

/// The queues that drain the ledger's outbox: one for each sink, and for `box.webhook` and `box.exec` one for each place
/// that they go to, so that a place that does not answer delays no other.
final class Outbox: Sendable {
  /// What a queue takes: what goes to one of a sink's places, or, where it is empty, all of the sink.
  private struct Lane: Hashable {
    let sink: String
    var target = ""
  }

  private struct Sink {
    let sink: any DeliverySink
    let order: OutboxOrder
  }

  /// The sinks whose places have queues of their own.
  private static let sinksWithTargets: Set<String> = [EffectRouter.webhooks, EffectRouter.commands]

  /// The place by which the ledger finds a delivery; empty where the sink has one queue.
  static func target(of payload: DeliveryPayload, to sink: String) -> String {
    sinksWithTargets.contains(sink) ? payload.place ?? "" : ""
  }

  private struct Queues {
    var running: [Lane: (queue: OutboxQueue, task: Task<Void, Never>)] = [:]
    /// From the start to the end.
    var isOpen = false
    /// Sinks with places that found no room.
    var crowded: Set<String> = []
  }

  private let sinks: [String: Sink]
  private let queues = Mutex(Queues())
  private let last: Int64
  private let ledger: Ledger
  private let committer: @Sendable () -> Committer
  private let logger: Logger
  private let connections: PinnedConnections
  /// The file sinks' paths, by their names.
  let fileSinks: [String: String]

  /// How long the queue of a place is kept that nothing goes to.
  private static let idleLimit = Duration.seconds(5)
  /// Queues of a sink's places at a time; what goes to others waits in the ledger until one of these ends.
  private static let mostTargets = 256
  /// Deliveries under way at a time, to all places together: each takes a connection, or a process.
  private static let mostWebhooks = 64
  private static let mostCommands = 16

  /// - Parameters:
  ///   - marks: how long the ledger knows files to be.
  ///   - last: the highest id of a delivery that the ledger held at the start.
  init(
    _ configuration: WatcherConfiguration, output: OutputDirectory, http: GuardedHTTPClient,
    connections: PinnedConnections, secrets: [String: BoundSecret], marks: [PathMark], last: Int64, ledger: Ledger,
    committer: @escaping @Sendable () -> Committer,
    logger: Logger
  ) throws {
    self.logger = logger
    self.connections = connections
    self.last = last
    self.ledger = ledger
    self.committer = committer
    let runner = try CommandRunner(
      allowed: AllowedCommands(configuration.allowedCommands), directory: configuration.output)
    var sinks: [String: Sink] = [
      EffectRouter.files: Sink(
        sink: FileSink(output: output, marks: marks) { try await committer().record($0) }, order: .inOrder()),
      EffectRouter.webhooks: Sink(
        sink: LimitedSink(WebhookSink(client: http, secrets: secrets), limit: Self.mostWebhooks),
        order: .concurrent()),
      EffectRouter.commands: Sink(
        sink: LimitedSink(ExecSink(runner: runner, logger: logger), limit: Self.mostCommands), order: .concurrent()),
    ]
    var fileSinks: [String: String] = [:]
    for sink in configuration.sinks {
      func add(_ own: any DeliverySink, _ order: OutboxOrder = .concurrent()) {
        sinks[sink.name] = Sink(sink: own, order: order)
      }
      func form(_ form: any AlertForm, _ url: String) throws -> any DeliverySink {
        HTTPAlertSink(
          form: form, client: GuardedHTTPClient(allowed: try AllowedHosts(url: url), connections: connections))
      }
      switch sink.kind {
      case .log: add(LogSink(logger: logger), .inOrder())
      case .file(let path): fileSinks[sink.name] = (try? OutputPath(path))?.description ?? path
      case .webhook(let url, let secret): add(try form(WebhookForm(url: url, hmacSecret: secret), url.revealed))
      case .slack(let url): add(try form(SlackForm(url: url), url.revealed))
      case .teams(let url): add(try form(TeamsForm(url: url), url.revealed))
      case .pagerduty(let key, let url):
        let url = url ?? PagerDutyForm.publicURL
        add(try form(PagerDutyForm(routingKey: key, url: url), url))
      case .email(let from, let to):
        add(
          try EmailSink(
            from: MailAddress(from), to: to.map { try MailAddress($0) }, directory: configuration.output, logger: logger
          ),
          .concurrent(limit: 1))
      case .exec(let command):
        add(try ExecAlertSink(command: command, directory: configuration.output, logger: logger))
      }
    }
    self.sinks = sinks
    self.fileSinks = fileSinks
  }

  /// One that carries out what rules wrote into files, and leaves all else in the ledger.
  init(
    filesOf output: OutputDirectory, marks: [PathMark], last: Int64, ledger: Ledger,
    committer: @escaping @Sendable () -> Committer, logger: Logger
  ) {
    self.logger = logger
    self.last = last
    self.ledger = ledger
    self.committer = committer
    connections = PinnedConnections()
    fileSinks = [:]
    sinks = [
      EffectRouter.files: Sink(
        sink: FileSink(output: output, marks: marks) { try await committer().record($0) }, order: .inOrder())
    ]
  }

  /// The sinks that deliveries can go to.
  var names: Set<String> { Set(sinks.keys) }

  /// Begins with what the ledger holds.
  func start() async throws(LedgerError) {
    queues.withLock { $0.isOpen = true }
    for name in sinks.keys {
      if Self.sinksWithTargets.contains(name) {
        try await openTargets(of: name)
      } else {
        _ = queue(of: Lane(sink: name))
      }
    }
  }

  /// Begins with places for which the ledger holds something, while there is room for their queues.
  private func openTargets(of sink: String) async throws(LedgerError) {
    for target in try await ledger.targets(of: sink) where queue(of: Lane(sink: sink, target: target)) == nil { return }
  }

  /// Takes what was committed.
  func add(_ deliveries: [CommittedDelivery]) async {
    for (lane, own) in Dictionary(
      grouping: deliveries, by: { Lane(sink: $0.delivery.sink, target: $0.delivery.target) })
    {
      guard sinks[lane.sink] != nil else {
        logger.error(
          "there is no sink \"\(lane.sink)\": until there is one, the ledger keeps \(Count.text(own.count, "delivery"))"
        )
        continue
      }
      let items = own.compactMap { try? OutboxItem($0) }
      // One that has just ended for want of work makes way for another, which finds all of it in the ledger.
      while let queue = queue(of: lane), await !queue.add(items) { forget(queue, of: lane) }
    }
  }

  /// Delivers what is due, and ends.
  ///
  /// - Parameter retrying: whether attempts that become due within the limit are waited for.
  func finish(within limit: Duration, retrying: Bool = false) async {
    let running = queues.withLock { queues in
      queues.isOpen = false
      return Array(queues.running.values)
    }
    await withTaskGroup(of: Void.self) { group in
      for (queue, task) in running {
        group.addTask {
          await queue.finish(within: limit, retrying: retrying)
          await task.value
        }
      }
    }
    await connections.shutdown()
  }
}

extension Outbox {
  /// The queue of the lane, which begins to run if there is none; nil before the start, at the end, and where there are
  /// too many.
  private func queue(of lane: Lane) -> OutboxQueue? {
    guard let sink = sinks[lane.sink] else { return nil }
    return queues.withLock { queues in
      if let queue = queues.running[lane]?.queue { return queue }
      guard queues.isOpen else { return nil }
      if Self.sinksWithTargets.contains(lane.sink),
        queues.running.keys.count(where: { $0.sink == lane.sink }) >= Self.mostTargets
      {
        queues.crowded.insert(lane.sink)
        return nil
      }
      let queue = makeQueue(of: lane, sink)
      // That of files where the commits are made whose effects it takes; not where files are written, or a commit
      // would wait for a queue that waits for a file system. The others do not wait for the ledger.
      let place: any TaskExecutor = lane.sink == EffectRouter.files ? ledger.executor : NetworkExecutor.shared
      let task = Task(executorPreference: place) {
        await queue.run()
        await self.ended(lane, queue)
      }
      queues.running[lane] = (queue, task)
      return queue
    }
  }

  /// Makes room for another; what has found none is looked for in the ledger.
  private func ended(_ lane: Lane, _ queue: OutboxQueue) async {
    forget(queue, of: lane)
    while queues.withLock({ $0.isOpen && $0.crowded.remove(lane.sink) != nil }) {
      do {
        return try await openTargets(of: lane.sink)
      } catch {
        logger.error("the state cannot be read; deliveries to \(lane.sink) wait", metadata: ["error": "\(error)"])
        queues.withLock { _ = $0.crowded.insert(lane.sink) }
        try? await Task.sleep(for: .seconds(1))
      }
    }
  }

  private func forget(_ queue: OutboxQueue, of lane: Lane) {
    queues.withLock { queues in
      if queues.running[lane]?.queue === queue { queues.running[lane] = nil }
    }
  }

  private func makeQueue(of lane: Lane, _ sink: Sink) -> OutboxQueue {
    let hasTargets = Self.sinksWithTargets.contains(lane.sink)
    return OutboxQueue(
      name: lane.sink, sink: sink.sink, order: sink.order, restoredUpTo: last, capacity: hasTargets ? 64 : 1000,
      logger: logger, idleLimit: hasTargets ? Self.idleLimit : nil,
      load: { [ledger, committer] request, limit in
        // What was delivered leaves the ledger first, or it would be read and delivered again.
        try await committer().flush()
        let pending =
          switch request {
          case .after(let id): try await ledger.pending(to: lane.sink, after: id, limit: limit)
          case .file(let path, let id):
            try await ledger.pending(to: lane.sink, into: path, after: id - 1, limit: limit)
          case .due(let now, let beyond):
            try await ledger.pending(to: lane.sink, at: lane.target, due: now, orBeyond: beyond, limit: limit)
          }
        var load = OutboxLoad(
          [], isAll: pending.isAll, through: pending.deliveries.last?.id ?? 0, last: pending.last,
          nextDue: pending.nextDue)
        for stored in pending.deliveries {
          do {
            load.items.append(try OutboxItem(stored))
          } catch {
            // Nobody can deliver it; those behind it go on.
            try await committer().park(stored.id, because: "\(error)")
          }
        }
        return load
      }, report: { [committer] in await committer().report($0) })
  }
}

extension OutboxItem {
  fileprivate init(_ stored: StoredDelivery) throws {
    self.init(
      id: stored.id, key: stored.delivery.key, rule: stored.delivery.rule,
      payload: try DeliveryPayload(decoding: stored.delivery.payload),
      attempts: stored.attempts, createdAt: stored.delivery.createdAt, due: stored.delivery.due)
  }

  fileprivate init(_ committed: CommittedDelivery) throws {
    self.init(
      id: committed.id, key: committed.delivery.key, rule: committed.delivery.rule,
      payload: try DeliveryPayload(decoding: committed.delivery.payload), attempts: 0,
      createdAt: committed.delivery.createdAt, due: committed.delivery.due)
  }
}
