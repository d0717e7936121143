import BoxClient
import Delivery
import Ledger
import Logging
import Synchronization

/// The queues that drain the ledger's outbox, one for each sink.
final class Outbox: Sendable {
  private let queues: [String: OutboxQueue]
  private let logger: Logger
  private let connections: PinnedConnections
  private let executor: any TaskExecutor
  private let task = Mutex<Task<Void, Never>?>(nil)
  /// The file sinks' paths, by their names.
  let fileSinks: [String: String]

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
    executor = ledger.executor
    self.connections = connections
    var queues: [String: OutboxQueue] = [:]
    var fileSinks: [String: String] = [:]
    func add(_ name: String, _ sink: any DeliverySink, _ order: OutboxOrder) {
      queues[name] = Self.queue(
        name, sink, order, last: last, ledger: ledger, committer: committer, logger: logger)
    }
    let runner = try CommandRunner(
      allowed: AllowedCommands(configuration.allowedCommands), directory: configuration.output)
    add(
      EffectRouter.files,
      FileSink(output: output, marks: marks) { try await committer().record($0) }, .inOrder())
    add(EffectRouter.webhooks, WebhookSink(client: http, secrets: secrets), .concurrent(sharesTarget: false))
    add(EffectRouter.commands, ExecSink(runner: runner, logger: logger), .concurrent(sharesTarget: false))
    for sink in configuration.sinks {
      func form(_ form: any AlertForm, _ url: String) throws -> any DeliverySink {
        HTTPAlertSink(
          form: form, client: GuardedHTTPClient(allowed: try AllowedHosts(url: url), connections: connections))
      }
      switch sink.kind {
      case .log: add(sink.name, LogSink(logger: logger), .inOrder())
      case .file(let path): fileSinks[sink.name] = path
      case .webhook(let url, let secret):
        add(
          sink.name, try form(WebhookForm(url: url, hmacSecret: secret), url.revealed), .concurrent(sharesTarget: true))
      case .slack(let url):
        add(sink.name, try form(SlackForm(url: url), url.revealed), .concurrent(sharesTarget: true))
      case .teams(let url):
        add(sink.name, try form(TeamsForm(url: url), url.revealed), .concurrent(sharesTarget: true))
      case .pagerduty(let key, let url):
        let url = url ?? PagerDutyForm.publicURL
        add(sink.name, try form(PagerDutyForm(routingKey: key, url: url), url), .concurrent(sharesTarget: true))
      case .email(let from, let to):
        add(
          sink.name,
          try EmailSink(
            from: MailAddress(from), to: to.map { try MailAddress($0) }, directory: configuration.output, logger: logger
          ),
          .concurrent(limit: 1, sharesTarget: true))
      case .exec(let command):
        add(
          sink.name, try ExecAlertSink(command: command, directory: configuration.output, logger: logger),
          .concurrent(sharesTarget: true))
      }
    }
    self.queues = queues
    self.fileSinks = fileSinks
  }

  /// One that carries out what rules wrote into files, and leaves all else in the ledger.
  init(
    filesOf output: OutputDirectory, marks: [PathMark], last: Int64, ledger: Ledger,
    committer: @escaping @Sendable () -> Committer, logger: Logger
  ) {
    self.logger = logger
    executor = ledger.executor
    connections = PinnedConnections()
    fileSinks = [:]
    let sink = FileSink(output: output, marks: marks) { try await committer().record($0) }
    queues = [
      EffectRouter.files: Self.queue(
        EffectRouter.files, sink, .inOrder(), last: last, ledger: ledger, committer: committer, logger: logger)
    ]
  }

  private static func queue(
    _ name: String, _ sink: any DeliverySink, _ order: OutboxOrder, last: Int64, ledger: Ledger,
    committer: @escaping @Sendable () -> Committer, logger: Logger
  ) -> OutboxQueue {
    OutboxQueue(
      name: name, sink: sink, order: order, restoredUpTo: last, logger: logger,
      load: { after, limit in
        // What was delivered leaves the ledger first, or it would be read and delivered again.
        try await committer().flush()
        var items: [OutboxItem] = []
        for stored in try await ledger.deliveries(to: name, after: after, limit: limit) {
          do {
            items.append(try OutboxItem(stored))
          } catch {
            // Nobody can deliver it; those behind it go on.
            try await committer().park(stored.id, because: "\(error)")
          }
        }
        return items
      }, report: { await committer().report($0) })
  }

  /// The sinks that deliveries can go to.
  var names: Set<String> { Set(queues.keys) }

  func start() {
    let task = Task { [queues, executor] in
      await withTaskGroup(of: Void.self) { group in
        for (name, queue) in queues {
          // That of files where the commits are made whose effects it takes; not where files are written, or a commit
          // would wait for a queue that waits for a file system. The others do not wait for the ledger.
          let place: any TaskExecutor = name == EffectRouter.files ? executor : NetworkExecutor.shared
          group.addTask(executorPreference: place) { await queue.run() }
        }
      }
    }
    self.task.withLock { $0 = task }
  }

  /// Takes what was committed.
  func add(_ deliveries: [CommittedDelivery]) async {
    for (sink, own) in Dictionary(grouping: deliveries, by: \.delivery.sink) {
      guard let queue = queues[sink] else {
        logger.error(
          "there is no sink \"\(sink)\": until there is one, the ledger keeps \(Count.text(own.count, "delivery"))")
        continue
      }
      await queue.add(own.compactMap { try? OutboxItem($0) })
    }
  }

  /// Delivers what is due, and ends.
  ///
  /// - Parameter retrying: whether attempts that become due within the limit are waited for.
  func finish(within limit: Duration, retrying: Bool = false) async {
    await withTaskGroup(of: Void.self) { group in
      for queue in queues.values { group.addTask { await queue.finish(within: limit, retrying: retrying) } }
    }
    await task.withLock { $0 }?.value
    await connections.shutdown()
  }

  /// How much of what is in memory waits, by sink.
  var pending: [String: Int] {
    get async {
      var counts: [String: Int] = [:]
      for (name, queue) in queues { counts[name] = await queue.pending }
      return counts
    }
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
