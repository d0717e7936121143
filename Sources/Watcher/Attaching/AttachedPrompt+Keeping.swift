import BoxClient
import Ledger
import RuleEngine

extension AttachedPrompt {
  /// Commits what a chunk has changed, the ordinary way: through the rule file whose state it is, between two of its
  /// calls, so that neither loses what the other wrote.
  ///
  /// A file that is busy is waited for; cancelling the task ends that.
  ///
  /// - Throws: ``ChunkRefusal``, ``AttachingProblem``, `CancellationError`, `LedgerError`; nothing was changed then.
  func keep(_ changes: ChunkChanges) async throws {
    guard source != nil else { return try await inside { try await self.takeOver(changes) } }
    for _ in 1...100 {
      try Task.checkCancellation()
      if try await inside({ try await self.hand(changes) }) { return }
      try await Task.sleep(for: .milliseconds(100))
    }
    throw ChunkRefusal.busy
  }

  /// Runs `body` inside the gate. Nothing cancels it: what a rule file has given must be committed. A page that comes
  /// meanwhile waits no longer than for a slow rule.
  private func inside<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws -> Result {
    let gate = live.gate
    return try await Task { try await gate.whileInside(body) }.value
  }

  /// Without a rule file: changes what prompts remember, of which the gate lets through one at a time.
  private func takeOver(_ changes: ChunkChanges) async throws {
    let result = try console.work(of: changes, beside: live.crew.engine, on: try await remembered().0)
    try await commit([result])
  }

  /// False where the rule file is busy.
  private func hand(_ changes: ChunkChanges) async throws -> Bool {
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
    try await commit(results)
    live.crew.committed(results, [[]])
    return true
  }

  private func commit(_ results: [RuleEngine.FileResult]) async throws(LedgerError) {
    do {
      try await live.committer.commit(results)
    } catch {
      live.failed(error)
      throw error
    }
  }
}
