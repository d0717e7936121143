import BoxClient
import Delivery
import Ledger
import Logging
import RuleEngine
import Synchronization

/// What a replay remembers from one run to the next, in a watcher's state directory (CLI.md, `replay --state`).
///
/// A page is committed with all that it caused, and files are appended to from the ledger's outbox, as a watcher does
/// it: a replay that is killed and begun again leaves every file as if it had run once. What a watcher still has to send
/// from this state stays where it is.
public final class ReplayState: Sendable {
  private let ledger: Ledger
  private let committer: Committer
  private let outbox: Outbox
  private let failure = FirstFailure()
  /// What `box.kv.shared` held.
  public let sharedCells: [StateCell]
  /// The ids of what any stream of the directory has handled, or an earlier replay.
  public let seen: SeenEvents

  /// The stream that recorded events belong to.
  private static let feed = "default"

  /// Takes the state directory, which is made where there is none.
  ///
  /// - Parameters:
  ///   - directory: its path.
  ///   - output: where `box.file` writes.
  ///   - seenEvents: how many ids are remembered.
  /// - Throws: `LedgerError`: another process holds the directory, it cannot be made, it is damaged. ``WatcherError``
  ///   where writes below another folder wait in it.
  public init(directory: String, output: OutputDirectory, seenEvents: Int, logger: Logger) async throws {
    var options = Ledger.Options()
    options.seenPerFeed = seenEvents
    let ledger = try Ledger(StateLock(StateDirectory.make(directory)), options: options)
    self.ledger = ledger
    do {
      try await ledger.takeOutput(output)
      sharedCells = try await ledger.stateCells(of: Committer.sharedNamespace)
      var seen = SeenEvents(capacity: seenEvents)
      for digests in try await ledger.seen().values {
        for digest in EventDigest.unpacked(digests) { seen.insert(digest) }
      }
      self.seen = seen
      let later = Mutex<Committer?>(nil)
      outbox = Outbox(
        filesOf: output, marks: try await ledger.marks(of: output), last: try await ledger.lastID(),
        ledger: ledger, committer: { later.withLock { $0! } }, logger: logger)
      committer = Committer(
        ledger: ledger,
        router: EffectRouter(routing: AlertRouting(standard: []), fileSinks: [:], routesFilesOnly: true),
        shared: CommittedSharedStore(cells: sharedCells), isDryRun: false, logger: logger,
        deliver: { [outbox] in await outbox.add($0) },
        failed: { [failure] in failure.take($0) })
      later.withLock { [committer] in $0 = committer }
      try await outbox.start()
    } catch {
      try? await ledger.close()
      throw error
    }
  }

  /// Lets the rule files go on with what they remember.
  public func restore(_ engine: RuleEngine) async throws {
    try await engine.restore { namespace in
      // What waits in a watcher's backlogs is the watcher's: it would hold all that comes.
      try await ledger.remembered(by: namespace, withBacklog: false)
    }
  }

  /// Commits a page with what it caused, or what rules did beside pages. Only what went into files is delivered:
  /// whatever else there is, the caller has taken.
  public func commit(_ results: [RuleEngine.FileResult], page: Replay.Page?) async throws {
    try await committer.commit(results, recorded: page, stream: Self.feed)
    try failure.check()
  }

  /// Delivers what is left, and lets go of the directory.
  ///
  /// - Returns: how many writes of this and earlier replays could not be made; they wait in the ledger.
  public func close() async throws -> Int {
    await outbox.finish(within: .seconds(60))
    try await committer.flush()
    let waiting = try await ledger.counts().deliveries[EffectRouter.files] ?? 0
    try failure.check()
    try await ledger.close()
    return waiting
  }
}

extension Committer {
  /// Commits what recorded events caused.
  func commit(
    _ results: [RuleEngine.FileResult], recorded page: Replay.Page?, stream: String
  ) async throws(LedgerError) {
    var commit = LedgerCommit()
    if let page, !page.fresh.isEmpty {
      commit.seen = [SeenDigests(feed: stream, digests: page.events.packedDigests(of: page.fresh))]
    }
    _ = try await self.commit(&commit, results) { index in
      page.map { Cause(event: $0.events.entries[index], stream: stream, isReplayed: true) }
    }
  }
}

/// Why the ledger failed for good, where that happened beside a commit.
private final class FirstFailure: Sendable {
  private let error = Mutex<(any Error)?>(nil)

  func take(_ error: any Error) { self.error.withLock { $0 = $0 ?? error } }
  func check() throws { if let error = error.withLock({ $0 }) { throw error } }
}
