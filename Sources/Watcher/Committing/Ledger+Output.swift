import Delivery
import Ledger

extension Ledger {
  private static let outputKey = "output"

  /// Notes below which folder the outbox writes its files.
  ///
  /// - Throws: ``WatcherError`` where writes wait in it that are meant for another folder: they would end in this one.
  func takeOutput(_ output: OutputDirectory) async throws {
    let path = ResolvedPath.of(output.path)
    let known = try await meta()[Self.outputKey]
    if known == path { return }
    let waiting = try await counts().deliveries[EffectRouter.files] ?? 0
    if let known, waiting > 0 {
      throw WatcherError.outputDiffers(waiting: waiting, meant: known, given: path)
    }
    var commit = LedgerCommit()
    commit.meta = [MetaChange(key: Self.outputKey, value: path)]
    _ = try await self.commit(commit)
  }
}
