import BoxClient
import Ledger
import RuleEngine

extension AttachedPrompt {
  /// Commits what a chunk has changed, the ordinary way: through the rule file whose state it is, between two of its
  /// calls, so that neither loses what the other wrote.
  ///
  /// - Throws: ``ChunkRefusal``, ``AttachingProblem``, `LedgerError`; nothing was changed then.
  func keep(_ changes: ChunkChanges) async throws {
    let (live, console, namespace, hasFile) = (live, console, namespace, source != nil)
    // Nothing cancels it: what a rule file has given must be committed.
    try await Task {
      do {
        guard hasFile else {
          return try await live.gate.whileInside {
            try await live.committer.commit([await console.work(of: changes, beside: live.crew.engine)])
          }
        }
        for _ in 1...100 {
          if try await Self.takeOver(changes, namespace, live) { return }
          try await Task.sleep(for: .milliseconds(100))
        }
        throw ChunkRefusal.busy
      } catch let error as LedgerError {
        live.failed(error)
        throw error
      }
    }.value
  }

  /// False where the rule file is busy. The page that comes meanwhile waits no longer than for a slow rule.
  private static func takeOver(
    _ changes: ChunkChanges, _ namespace: String, _ live: Watcher.Live
  ) async throws -> Bool {
    try await live.gate.whileInside {
      guard let file = live.crew.engine.files.first(where: { $0.namespace == namespace }) else {
        throw AttachingProblem("no rule file with the namespace \(namespace) runs any more; nothing was changed")
      }
      let result: WorkResult
      do {
        result = try await file.takeOver(changes, within: RuleCrew.allowance)
      } catch ChunkRefusal.busy {
        return false
      }
      let results = [RuleEngine.FileResult(file: file, result: result)]
      try await live.committer.commit(results)
      live.crew.committed(results, [[]])
      return true
    }
  }
}
