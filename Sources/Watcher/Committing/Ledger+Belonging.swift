import BoxClient
import Delivery
import Ledger

extension Ledger {
  private static let outputKey = "output"
  private static let accountKey = "account"

  /// Notes whether the state is a simulated account's.
  ///
  /// - Throws: ``WatcherError`` where it is the other kind's: positions of one mean nothing to the other.
  func takeAccount(isSimulated: Bool) async throws {
    let kind = isSimulated ? "simulated" : "real"
    let known = try await meta()[Self.accountKey]
    if known == kind { return }
    // A state without a position has nothing of either.
    if known != nil, try await !streams().isEmpty { throw WatcherError.otherAccount(isSimulated: isSimulated) }
    try await note(kind, under: Self.accountKey)
  }

  /// Notes on which type of stream a stream's position was got.
  ///
  /// - Returns: the type for which a position is stored, where it is another one: it means another place on this.
  func takeStreamType(_ type: StreamType, of stream: String) async throws -> StreamType? {
    let key = "type of \(stream)"
    let known = try await meta()[key]
    if known == type.rawValue { return nil }
    let hasPosition = try await streams().contains { $0.stream == stream }
    try await note(type.rawValue, under: key)
    return hasPosition ? known.flatMap(StreamType.init(rawValue:)) : nil
  }

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
    try await note(path, under: Self.outputKey)
  }

  private func note(_ value: String, under key: String) async throws {
    var commit = LedgerCommit()
    commit.meta = [MetaChange(key: key, value: value)]
    _ = try await self.commit(commit)
  }
}
