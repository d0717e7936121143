import BoxClient
import Ledger
import Logging
import RuleEngine

/// The last net: a script that no budget reaches, such as one whose thread the system does not run any more.
extension Watcher {
  /// How long a handler may run without a break before it is taken for one that no budget can end. Far beyond every
  /// budget, which counts CPU time alone: a machine that swaps or is busy must not look like it.
  private var stuckAfter: Duration {
    max(.seconds(20), max(configuration.options.cpu, configuration.options.load) * 4)
  }

  /// Looks every five seconds for a handler that cannot be ended, until it is cancelled. Asks no rule file: the thread
  /// that it would have to wait for may be the one that is stuck.
  func guardAgainstStuckHandlers(_ live: Live) async {
    while !Task.isCancelled {
      try? await Task.sleep(for: .seconds(5))
      guard let handler = live.crew.engine.stuckHandler(for: stuckAfter) else { continue }
      await giveUp(handler, live)
    }
  }

  /// Sets the handler aside and starts the program anew, or ends it where it is ending: nothing else can end what runs.
  /// What was not committed is done again, without that handler.
  private func giveUp(_ handler: String, _ live: Live) async -> Never {
    let isEnding = isEnding.withLock { $0 }
    logger.critical(
      "\(handler) has run for \(stuckAfter.roundedText) and cannot be ended; it is set aside, and the watcher \(isEnding ? "ends" : "starts anew")"
    )
    var commit = LedgerCommit()
    commit.quarantined = [
      Quarantine(handler: handler, since: WallClock.now.milliseconds, reason: "could not be ended")
    ]
    _ = try? await live.committer.write(commit)
    configuration.beforeRestart()
    // It may have been told to end while a disk was waited for.
    if self.isEnding.withLock({ $0 }) { Restart.end() }
    Restart.now()
  }

  /// From here on the grace period counts, for a disk that is full too, and nothing starts the watcher anew.
  func beginEnding(_ live: Live) async {
    isEnding.withLock { $0 = true }
    await live.committer.end(by: .now + configuration.grace)
  }
}
