import BoxClient
import Ledger
import RuleEngine
import Synchronization

/// The rule files of a watcher, each with the runners that work for it beside the pages.
final class RuleCrew: Sendable {
  let engine: RuleEngine
  private let ledger: Ledger
  private let committer: Committer
  private let failed: @Sendable (any Error) -> Void
  private let members = Mutex<[Int: Member]>([:])
  /// The rule sets that a path belongs to.
  private let sets: Mutex<[String: Set<String>]>

  /// How long a page stays with a rule file before the rest goes into its backlog (DESIGN.md, "A rule's backlog").
  static let allowance = Duration.milliseconds(50)

  private struct Member {
    let backlog: BacklogRunner
    let clock: ClockRunner
    let changes: ChangeRunner?
  }

  init(
    engine: RuleEngine, ledger: Ledger, committer: Committer, sets: [String: Set<String>],
    failed: @escaping @Sendable (any Error) -> Void
  ) {
    self.engine = engine
    self.ledger = ledger
    self.committer = committer
    self.sets = Mutex(sets)
    self.failed = failed
  }

  /// The files that get a stream's events.
  func files(of stream: WatchedStream) -> [RuleFile] {
    guard let wanted = stream.ruleSets else { return engine.files }
    return sets.withLock { sets in
      engine.files.filter { !wanted.isDisjoint(with: sets[$0.source.path] ?? []) }
    }
  }

  func setRuleSets(_ new: [String: Set<String>]) { sets.withLock { $0 = new } }

  /// Starts a file and its runners. Its `on_start` goes on beside the pages.
  func join(_ file: RuleFile) async {
    let clock = ClockRunner(file: file, committer: committer)
    let member = Member(
      backlog: BacklogRunner(
        file: file, ledger: ledger, committer: committer, due: { clock.set($0) }),
      clock: clock,
      changes: await file.wantsNewChange
        ? ChangeRunner(file: file, committer: committer, due: { clock.set($0) }, failed: failed) : nil)
    members.withLock { $0[file.number] = member }
    await member.clock.start(failed: failed)
    member.backlog.start(failed: failed)
  }

  /// Ends a file's runners; what waits in them is cancelled and stays in its backlog.
  func leave(_ file: RuleFile) async {
    guard let member = members.withLock({ $0.removeValue(forKey: file.number) }) else { return }
    // Side by side: each may wait behind a call that another of them cancels.
    async let changes: Void? = member.changes?.stop()
    async let clock: Void = member.clock.stop()
    await member.backlog.stop()
    _ = await (changes, clock)
  }

  func leaveAll() async {
    await withTaskGroup(of: Void.self) { group in
      for file in engine.files { group.addTask { await self.leave(file) } }
    }
  }

  /// A page was committed: its unfinished events stand in the backlogs under these ids.
  func committed(_ results: [RuleEngine.FileResult], _ ids: [[Int64]]) {
    for (one, ids) in zip(results, ids) {
      guard let member = members.withLock({ $0[one.file.number] }) else { continue }
      member.clock.set(one.result.nextDue)
      if !ids.isEmpty { member.backlog.notify(running: one.result.isRunning ? ids.first : nil) }
    }
  }

  /// Something came into a file's backlog from elsewhere.
  func wake(_ file: RuleFile) { members.withLock { $0[file.number] }?.backlog.notify() }

  func ring(_ stream: WatchedStream, _ change: ChangeRunner.Change) {
    for file in files(of: stream) { members.withLock { $0[file.number] }?.changes?.notify(change) }
  }

  /// The entries whose next attempts all that is left in the backlogs waits for; nil where something else is left to do.
  var retriedEntries: [Int64]? {
    var entries: [Int64] = []
    guard hasStarted else { return nil }
    for runner in busyRunners {
      guard let entry = runner.retriedEntry else { return nil }
      entries.append(entry)
    }
    return entries
  }

  /// Whether none of those attempts is due.
  var isPausing: Bool { busyRunners.allSatisfy(\.isPausing) }

  private var busyRunners: [BacklogRunner] {
    let files = engine.files.filter { $0.backlog > 0 }
    return members.withLock { members in files.compactMap { members[$0.number]?.backlog } }
  }

  private var hasStarted: Bool { members.withLock { $0.values.allSatisfy(\.clock.hasStarted) } }

  /// Whether all files have started, and nothing is left in any backlog.
  var isIdle: Bool { hasStarted && engine.files.allSatisfy { $0.backlog == 0 } }
}
