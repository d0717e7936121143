import BoxClient
import LuaHost
import Synchronization

/// Rule files on their threads: loads them, hands them pages, swaps in changed ones.
public final class RuleEngine: Sendable {
  let options: RuleOptions
  let services: any RuleServices
  private let threads: [(thread: LuaThread, use: LuaThreadUse)]
  private let pool: MemoryPool
  let types = TypeTable()
  let shared: SharedStore
  private let current = Mutex<[RuleFile]>([])

  /// What a rule file did.
  public struct FileResult: Sendable {
    public let file: RuleFile
    public let result: WorkResult

    public init(file: RuleFile, result: WorkResult) {
      self.file = file
      self.result = result
    }
  }

  init(options: RuleOptions, services: any RuleServices, threadCount: Int, shared: SharedStore) {
    self.options = options
    self.services = services
    self.shared = shared
    threads = (0..<threadCount).map { _ in (LuaThread(), LuaThreadUse()) }
    pool = MemoryPool(limit: options.totalMemory)
  }

  /// The files that are loaded, in the order of their sources.
  public var files: [RuleFile] { current.withLock { $0 } }
  /// Bytes of Lua memory that they hold.
  public var memory: Int { pool.used }

  /// Loads rule files. One that does not load is reported and never stops the others.
  ///
  /// - Parameters:
  ///   - threadCount: Lua threads; no more than there are files are made.
  ///   - sharedCells: what `box.kv.shared` held.
  public static func load(
    _ sources: [RuleSource], options: RuleOptions, services: any RuleServices, threadCount: Int = 2,
    sharedCells: [StateCell] = []
  ) async -> (engine: RuleEngine, problems: [RuleProblem]) {
    let engine = RuleEngine(
      options: options, services: services, threadCount: max(1, min(threadCount, sources.count)),
      shared: SharedStore(cells: sharedCells))
    var problems: [RuleProblem] = []
    for source in sources {
      let (file, found, _) = await engine.load(source)
      problems += found
      guard let file else { continue }
      let namespace = file.namespace
      if let other = engine.file(ofNamespace: namespace) {
        problems.append(collision(of: source.path, with: other.source.path, namespace))
        await file.close()
        continue
      }
      engine.current.withLock { $0.append(file) }
    }
    return (engine, problems)
  }

  /// Loads one file, which is not among ``files`` yet. Gives the texts that were read for it too.
  func load(
    _ source: RuleSource, on place: Int? = nil
  ) async -> (file: RuleFile?, problems: [RuleProblem], texts: [String: [UInt8]]) {
    let (thread, use) = threads[(place ?? files.count) % threads.count]
    let file = RuleFile(
      source: source, options: options, services: services, types: types, shared: shared, thread: thread, use: use,
      pool: pool)
    do {
      try await file.load()
      return (file, await file.problems, await file.textsRead)
    } catch {
      await file.close()
      return (nil, await file.problems + [error.problem], await file.textsRead)
    }
  }

  /// What two files remember must not run together.
  static func collision(of path: String, with other: String, _ namespace: String) -> RuleProblem {
    RuleProblem(
      file: path, line: 0, severity: .error,
      message: "its namespace \"\(namespace)\" is that of \(other) too; box.namespace(\"…\") at the top of one of them "
        + "names another")
  }

  private func file(ofNamespace namespace: String) -> RuleFile? {
    files.first { $0.namespace == namespace }
  }

  func replace(_ files: [RuleFile]) { current.withLock { $0 = files } }

  /// Lets the files go on with what they remember, by their namespaces. Before the rules are live.
  public func restore(_ remembering: (String) async throws -> RememberedState) async rethrows {
    for file in files { await file.adopt(try await remembering(file.namespace)) }
  }

  /// The rules are live. A virtual clock begins at `moment`.
  public func start(at moment: Timestamp? = nil) async -> [FileResult] {
    await all(files) { await $0.start(at: moment) }
  }

  /// Handles a page.
  ///
  /// - Parameters:
  ///   - fresh: the entries to handle.
  ///   - files: which of ``files`` get it; nil for all.
  ///   - allowance: after which a file's share goes into its backlog; nil for no end.
  public func handle(
    _ events: Events, fresh: [Int], stream: String, isReplayed: Bool = false, files: [RuleFile]? = nil,
    allowance: Duration? = nil
  ) async -> [FileResult] {
    let view = EventPageView(events: events, fresh: fresh, stream: stream, isReplayed: isReplayed, types: types)
    return await all(files ?? self.files) { await $0.visit(view, allowance: allowance) }
  }

  /// The rules are unloaded: `on_stop`, and summaries of what is still held back.
  ///
  /// - Parameter deadline: until when handlers may wait.
  public func stop(by deadline: ContinuousClock.Instant? = nil) async -> [FileResult] {
    await all(files) { await $0.stop(by: deadline) }
  }

  /// Lets go of the files, each on its own thread.
  public func close() async {
    for file in files { await file.close() }
  }

  /// The identity of a handler that has run for so long without a break that no budget can reach it.
  public func stuckHandler(for limit: Duration) -> String? {
    threads.lazy.compactMap { $0.use.stuck(for: limit) }.first
  }

  private func all(
    _ files: [RuleFile], _ body: @escaping @Sendable (RuleFile) async -> WorkResult
  ) async -> [FileResult] {
    if files.count == 1 { return [FileResult(file: files[0], result: await body(files[0]))] }
    return await withTaskGroup(of: (Int, WorkResult).self) { group in
      for (index, file) in files.enumerated() {
        group.addTask { (index, await body(file)) }
      }
      var results = [WorkResult?](repeating: nil, count: files.count)
      for await (index, result) in group { results[index] = result }
      return zip(files, results).compactMap { file, result in result.map { FileResult(file: file, result: $0) } }
    }
  }
}

extension [RuleEngine.FileResult] {
  /// What the handlers did: by event, then by file, then in registration order.
  public var outcomes: [Outcome] {
    if count == 1 { return self[0].result.outcomes }
    // A timer's belong behind the event before it.
    let placed = flatMap { one in
      var place = -1
      return one.result.outcomes.map { outcome in
        place = outcome.eventIndex ?? place
        return (place: place, outcome: outcome)
      }
    }
    // Stable: within an event the files' order stays.
    return placed.enumerated().sorted { one, other in
      (one.element.place, one.offset) < (other.element.place, other.offset)
    }.map(\.element.outcome)
  }
}
