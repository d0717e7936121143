import BoxClient
import Ledger
import RuleEngine

// A file's results are committed in the order in which it gave them, and one commit at a time.
extension Committer {
  func turn(of one: RuleEngine.FileResult) async throws(LedgerError) {
    guard let sequence = one.result.sequence else { return }
    while sequences[one.file.number, default: 0] < sequence - 1 {
      // What has to come before never will.
      if let broken { throw broken }
      await withCheckedContinuation { waiters.append($0) }
    }
  }

  func finished(_ one: RuleEngine.FileResult) {
    guard let sequence = one.result.sequence else { return }
    sequences[one.file.number] = sequence
    let waiting = waiters
    waiters = []
    for waiter in waiting { waiter.resume() }
  }

  /// From now on a disk that is full is waited for until `deadline` only: the process has to end. A pause that has begun
  /// ends at once, since it may be longer.
  func end(by deadline: ContinuousClock.Instant) {
    self.deadline = deadline
    sleeper?.cancel()
  }

  private func fail(_ error: LedgerError) {
    broken = error
    let waiting = waiters
    waiters = []
    for waiter in waiting { waiter.resume() }
  }

  /// Any other change of the ledger.
  @discardableResult
  func write(_ commit: LedgerCommit) async throws(LedgerError) -> LedgerReceipt {
    await beginWriting()
    defer { endWriting() }
    return try await writeInTurn(commit)
  }

  /// One commit at a time, and what is made of it in the same order: what a later one holds of marks, of shared values
  /// and of deliveries builds on the one before it.
  func beginWriting() async {
    guard isWriting else {
      isWriting = true
      return
    }
    await withCheckedContinuation { writers.append($0) }
  }

  func endWriting() {
    if writers.isEmpty { isWriting = false } else { writers.removeFirst().resume() }
  }

  func writeInTurn(_ commit: LedgerCommit) async throws(LedgerError) -> LedgerReceipt {
    // What comes after a commit that failed builds on it: a position would be stored without the page before it, a
    // file's mark without the appends that it counts.
    if let broken { throw broken }
    if ledger.walBytes > Self.longestLog { try await checkpoint() }
    while true {
      do {
        let receipt = try await ledger.commit(commit)
        counters.commits += 1
        if let trouble = counters.trouble {
          logger.notice("the ledger can be written again", metadata: ["since": "\(trouble.since)"])
          counters.trouble = nil
        }
        pause = Self.firstPause
        if ledger.walBytes > Self.longLog { flushSoon() }
        return receipt
      } catch {
        let isLate = deadline.map { .now >= $0 } ?? false
        guard error.passes, !isLate else {
          fail(error)
          throw error
        }
        if counters.trouble == nil {
          counters.trouble = (WallClock.now, error.message)
          logger.error("\(error); everything waits until the ledger can be written again")
        }
        let span = deadline.map { min(pause, max(.zero, ContinuousClock.now.duration(to: $0))) } ?? pause
        // Also where the task is cancelled: it must not turn into a loop without a pause.
        let sleeper = Task<Void, Never> { _ = try? await Task.sleep(for: span) }
        self.sleeper = sleeper
        await sleeper.value
        self.sleeper = nil
        pause = min(pause * 2, .seconds(30))
      }
    }
  }

  /// Moves a log that is longer than this many bytes where nothing waits for its turn: that takes milliseconds, for which
  /// no page should wait.
  func moveLog(longerThan length: Int = Committer.longLog) async throws(LedgerError) {
    guard ledger.walBytes > length else { return }
    await beginWriting()
    defer { endWriting() }
    guard broken == nil, writers.isEmpty, ledger.walBytes > length else { return }
    try await checkpoint()
  }

  /// Moves the ledger's log into its database, whoever made it long: pages, backlogs or deliveries. Between two commits.
  private func checkpoint() async throws(LedgerError) {
    // A disk without room is no reason to end, and every commit would try it again.
    if let failed = lastLogFailure, failed.duration(to: .now) < Self.firstPause { return }
    do {
      try await ledger.checkpoint()
      if lastLogFailure != nil { logger.notice("the ledger's log can be moved into its database again") }
      lastLogFailure = nil
    } catch {
      guard error.passes else {
        fail(error)
        throw error
      }
      if lastLogFailure == nil {
        logger.warning("\(error); until the ledger's log can be moved into its database, it grows")
      }
      lastLogFailure = .now
    }
  }

  /// Bytes of the log above which it is moved when there is a pause.
  static let longLog = 4 << 20
  /// Bytes above which the next commit waits for that: a feed may leave no pause.
  private static let longestLog = 8 << 20
}

extension LedgerError {
  /// Whether the same commit may succeed later: the disk is full, read-only or in use.
  var passes: Bool { [.full, .readOnly, .busy].contains(kind) }
}
