import BoxClient
import Delivery
import Ledger
import Logging
import RuleEngine

extension Ledger {
  /// What a namespace remembers. Cells of a newer program are left alone.
  func stateCells(of namespace: String) async throws(LedgerError) -> [StateCell] {
    try await cells(of: namespace).compactMap { cell in
      StateCell.Part(rawValue: cell.part).map { StateCell(part: $0, key: cell.key, value: cell.value) }
    }
  }

  /// What a rule file goes on with, by its namespace.
  func remembered(by namespace: String, withBacklog: Bool = true) async throws(LedgerError) -> RememberedState {
    let cells = try await stateCells(of: namespace)
    let quarantined = try await quarantined().map(\.handler)
    let backlog = withBacklog ? try await counts().entries[namespace] ?? 0 : 0
    return RememberedState(cells: cells, quarantined: Set(quarantined), backlog: backlog)
  }
}

extension Ledger {
  /// Handlers that were set aside get another chance where their files have been changed since, while nothing ran.
  func release(changedSince files: [RuleFile]) async throws {
    let quarantined = try await quarantined()
    guard !quarantined.isEmpty else { return }
    var commit = LedgerCommit()
    for file in files {
      guard let changed = await file.changedAt else { continue }
      let own = Set(await file.identities)
      commit.released += quarantined.filter { own.contains($0.handler) && $0.since < changed.milliseconds }
        .map(\.handler)
    }
    if !commit.released.isEmpty { _ = try await self.commit(commit) }
  }
}

extension Ledger {
  /// How long the files below `output` are known to be. Where nothing waits to be written, those that are there no more
  /// are forgotten.
  func marks(of output: OutputDirectory) async throws -> [PathMark] {
    let known = try await fileMarks().map { PathMark($0) }
    guard try await counts().deliveries[EffectRouter.files] ?? 0 == 0 else { return known }
    let gone = known.filter { mark in
      guard let path = try? OutputPath(mark.path) else { return true }
      return (try? output.mark(of: path)) == .missing
    }
    guard !gone.isEmpty else { return known }
    var commit = LedgerCommit()
    commit.fileMarksForgotten = gone.map(\.path)
    _ = try await self.commit(commit)
    let paths = Set(commit.fileMarksForgotten)
    return known.filter { !paths.contains($0.path) }
  }
}

extension PathMark {
  init(_ stored: StoredFileMark) {
    self.init(path: stored.path, mark: FileMark(file: stored.file, length: stored.length))
  }
}

extension Logger {
  /// A line that a rule wrote.
  func log(_ line: RuleLogLine) {
    let level: Logger.Level =
      switch line.level {
      case .debug: .debug
      case .info: .info
      case .warn: .warning
      case .error: .error
      }
    log(level: level, "\(line.text)", metadata: ["rule": "\(line.file)"])
  }
}

extension WatcherConfiguration {
  /// The rule files of all sets, and the sets of each file's path.
  func sources() throws -> (sources: [RuleSource], sets: [String: Set<String>]) {
    var sources: [RuleSource] = []
    var sets: [String: Set<String>] = [:]
    for set in ruleSets {
      for source in try RuleSource.find(set.paths) {
        if !sources.contains(where: { $0.path == source.path }) { sources.append(source) }
        sets[source.path, default: []].insert(set.name)
      }
    }
    return (sources, sets)
  }
}
