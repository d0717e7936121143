import BoxClient
import LuaHost

/// A prompt: chunks of Lua with the same `box` module, sandbox and memory limit as rules have, beside rule files that
/// get the same events. Nothing outlives it: what is remembered stays in memory, effects are handed to the caller.
///
/// ```swift
/// let (console, problems) = try await RuleConsole.open(rules: [], options: options, services: services) { print($0) }
/// let result = await console.run("1 + 1", name: "prompt", form: .readable)
/// ```
public final class RuleConsole: Sendable {
  let engine: RuleEngine
  let file: RuleFile
  private let cancellation: LuaCancellation
  private let isRunning: ConsoleHooks.Flag

  /// What logs and identities call the prompt.
  public static let name = "repl"

  init(engine: RuleEngine, file: RuleFile, cancellation: LuaCancellation, isRunning: ConsoleHooks.Flag) {
    self.engine = engine
    self.file = file
    self.cancellation = cancellation
    self.isRunning = isRunning
  }

  /// - Parameters:
  ///   - rules: rule files that are live beside the prompt, each in a state of its own.
  ///   - root: the folder whose `lib/` the prompt's `require` reads.
  ///   - waits: is told which handler a chunk waits for, where it has waited for a moment.
  ///   - print: gets what the prompt's Lua prints.
  /// - Throws: ``LuaFailure`` when memory is short.
  public static func open(
    rules: [RuleSource], root: String = ".", options: RuleOptions, services: any RuleServices,
    waits: @escaping @Sendable (String) -> Void = { _ in }, print: @escaping @Sendable (String) -> Void
  ) async throws -> (console: RuleConsole, problems: [RuleProblem]) {
    let (engine, problems) = await RuleEngine.load(rules, options: options, services: services)
    let file = RuleFile(
      source: RuleSource(path: name, root: root), options: options, services: services, types: engine.types,
      shared: engine.shared, thread: LuaThread())
    let isRunning = ConsoleHooks.Flag()
    let cancellation = try await file.openConsole(isRunning: isRunning, waits: waits, print: print)
    engine.replace(engine.files + [file])
    let console = RuleConsole(engine: engine, file: file, cancellation: cancellation, isRunning: isRunning)
    return (console, problems)
  }

  // MARK: Chunks

  /// Whether a text is a chunk or an expression, or the beginning of one.
  public func completeness(of text: String, name: String, line: Int = 1) async -> Completeness {
    await file.completeness(of: text, name: name, line: line)
  }

  /// Runs a chunk, or an expression, whose first value becomes `_`. Cancelling the task ends what it waits for.
  ///
  /// - Parameters:
  ///   - name: what messages call it.
  ///   - line: the number of its first line.
  public func run(_ text: String, name: String, line: Int = 1, form: ValueForm) async -> ChunkResult {
    await interrupting { await self.file.run(chunk: text, name: name, line: line, form: form) }
  }

  /// Ends what computes when the task is cancelled, and goes on trying: a chunk that is just about to begin would not
  /// hear it.
  func interrupting(_ body: () async -> ChunkResult) async -> ChunkResult {
    let hasEnded = ConsoleHooks.Flag()
    defer { hasEnded.set(true) }
    return await withTaskCancellationHandler {
      await body()
    } onCancel: {
      Task {
        while !hasEnded.isUp {
          interrupt()
          try? await Task.sleep(for: .milliseconds(20))
        }
      }
    }
  }

  /// Ends the chunk that computes. From any thread. One that waits ends with its task.
  public func interrupt() {
    if isRunning.isUp { cancellation.cancel() }
  }

  public func globalNames() async -> [String] { await file.globalNames() }

  // MARK: Events

  /// The rules beside the prompt are live.
  public func start() async -> [Outcome] { await engine.start().outcomes }

  /// Hands events to all handlers, the prompt's and the rule files'.
  public func handle(_ events: Events, fresh: [Int], stream: String, isReplayed: Bool = false) async -> [Outcome] {
    var results = await engine.handle(events, fresh: fresh, stream: stream, isReplayed: isReplayed)
    var outcomes = results.outcomes
    while let index = results.firstIndex(where: { !$0.result.unfinished.isEmpty }) {
      let (file, result) = (results[index].file, results[index].result)
      await file.forgetBacklog()
      let rest = result.unfinished.filter { $0.failure == nil }.map(\.index)
      results.remove(at: index)
      guard !rest.isEmpty else { continue }
      let more = await engine.handle(events, fresh: rest, stream: stream, isReplayed: isReplayed, files: [file])
      outcomes += more.outcomes
      results += more
    }
    return outcomes
  }

  /// The rules over recorded events, by the events' own clock. Ids that repeat are handled once.
  ///
  /// - Returns: how many events were handled.
  /// - Throws: ``RecordedEventsError``.
  public func replay(
    _ paths: [String], take: @Sendable ([Outcome]) async -> Void, badLine: @Sendable (BadLine) -> Void
  ) async throws -> Int {
    var recording = try RecordedEvents(paths: paths)
    var seen = SeenEvents()
    var (count, isStarted) = (0, false)
    do {
      while let page = try recording.next() {
        try Task.checkCancellation()
        let entries = page.events.entries
        if !isStarted, let first = entries.lazy.compactMap({ $0.createdAt.flatMap { Timestamp($0) } }).first {
          isStarted = true
          for file in engine.files { await file.beginReplay(at: first) }
        }
        page.badLines.forEach(badLine)
        let fresh = seen.insert(page.events)
        count += fresh.count
        await take(await handle(page.events, fresh: fresh, stream: "default", isReplayed: true))
      }
    } catch {
      for file in engine.files { await file.endReplay() }
      throw error
    }
    for file in engine.files { await file.endReplay() }
    return count
  }

  /// The real-time server rang.
  public func newChange(stream: String, position: String, receivedAt: Timestamp) async -> [Outcome] {
    var outcomes: [Outcome] = []
    for file in engine.files where await file.wantsNewChange {
      outcomes += await file.newChange(stream: stream, position: position, receivedAt: receivedAt).outcomes
    }
    return outcomes
  }

  /// When a timer or the end of a deduplication period is due next.
  public var nextDue: Timestamp? {
    get async {
      var due: Timestamp?
      for file in engine.files {
        guard let next = await file.nextDue else { continue }
        due = due.map { min($0, next) } ?? next
      }
      return due
    }
  }

  /// Runs what is due.
  public func tick() async -> [Outcome] {
    var outcomes: [Outcome] = []
    for file in engine.files { outcomes += await file.tick().outcomes }
    return outcomes
  }

  /// What is registered, the prompt's last.
  public func registrations() async -> [Registration] {
    var list: [Registration] = []
    for file in engine.files { list += await file.registrations() }
    return list
  }

  /// `on_stop` and summaries that are still held back, then the end of the files.
  public func close() async -> [Outcome] {
    let outcomes = await engine.stop().outcomes
    await engine.close()
    return outcomes
  }
}
