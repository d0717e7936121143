import BoxClient
import LuaHost

/// Rule files on their threads: loads them, hands them pages, swaps in changed ones.
public final class RuleEngine: Sendable {
  public let files: [RuleFile]
  private let threads: [LuaThread]
  private let types: TypeTable

  private init(files: [RuleFile], threads: [LuaThread], types: TypeTable) {
    self.files = files
    self.threads = threads
    self.types = types
  }

  /// Loads rule files. One that does not load is reported and never stops the others.
  ///
  /// - Parameter threadCount: Lua threads; no more than there are files are made.
  public static func load(
    _ sources: [RuleSource], options: RuleOptions, services: any RuleServices, threadCount: Int = 2
  ) async -> (engine: RuleEngine, problems: [RuleProblem]) {
    let threads = (0..<max(1, min(threadCount, sources.count))).map { _ in LuaThread() }
    let types = TypeTable()
    let shared = SharedStore()
    var files: [RuleFile] = []
    var problems: [RuleProblem] = []
    for source in sources {
      let file = RuleFile(
        source: source, options: options, services: services, types: types, shared: shared,
        thread: threads[files.count % threads.count])
      do {
        try await file.load()
        problems += await file.warnings
        files.append(file)
      } catch {
        problems.append(error.problem)
        await file.close()
      }
    }
    return (RuleEngine(files: files, threads: threads, types: types), problems)
  }

  /// The rules are live. A virtual clock begins at `moment`.
  public func start(at moment: Timestamp? = nil) async -> [Outcome] { await all { await $0.start(at: moment) } }

  /// Handles a page. What its handlers did: by event, then by file, then in registration order.
  public func handle(
    _ events: Events, fresh: [Int], stream: String, isReplayed: Bool = false
  ) async -> [Outcome] {
    let view = EventPageView(events: events, fresh: fresh, stream: stream, isReplayed: isReplayed, types: types)
    let outcomes = await all { await $0.handle(view) }
    guard files.count > 1 else { return outcomes }
    // Stable: within an event the files' order stays.
    return outcomes.enumerated().sorted { one, other in
      (one.element.eventIndex ?? -1, one.offset) < (other.element.eventIndex ?? -1, other.offset)
    }.map(\.element)
  }

  /// The rules are unloaded: `on_stop`, and summaries of what is still held back.
  public func stop() async -> [Outcome] { await all { await $0.stop() } }

  /// Lets go of the files, each on its own thread, and ends the threads.
  public func close() async {
    for file in files { await file.close() }
    for thread in threads { thread.end() }
  }

  private func all(_ body: @escaping @Sendable (RuleFile) async -> [Outcome]) async -> [Outcome] {
    if files.count == 1 { return await body(files[0]) }
    return await withTaskGroup(of: (Int, [Outcome]).self) { group in
      for (index, file) in files.enumerated() {
        group.addTask { (index, await body(file)) }
      }
      var results = [[Outcome]](repeating: [], count: files.count)
      for await (index, outcomes) in group { results[index] = outcomes }
      return results.flatMap { $0 }
    }
  }
}
