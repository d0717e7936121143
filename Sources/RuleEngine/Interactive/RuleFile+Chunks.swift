import BoxClient
import LuaHost

/// A rule file without a file: its chunks are typed. They may register at any time, and run as a handler runs, but
/// without an end of their CPU time: Ctrl-C stands in for it. Beside a watcher there is an end all the same.
extension RuleFile {
  /// About 49 days, the most that the bridge counts.
  private static let endless = Duration.seconds(4_000_000)
  /// Of a chunk beside a running watcher, which needs the cores for its rules.
  private static let attached = Duration.seconds(60)

  func openConsole(
    isRunning: ConsoleHooks.Flag, isAttached: Bool = false, waits: @escaping @Sendable (String) -> Void,
    print: @escaping @Sendable (String) -> Void
  ) throws -> LuaCancellation {
    console = ConsoleHooks(isRunning: isRunning, isAttached: isAttached, waits: waits, print: print)
    let state = try makeState(more: ConsolePrelude.text)
    self.state = state
    indexHandlers()
    return state.cancellation
  }

  /// Whether a text is a chunk, or an expression.
  func completeness(of text: String, name: String, line: Int) -> Completeness {
    do {
      _ = try compile(text, name: name, line: line)
      return .complete
    } catch {
      return error.isUnfinished ? .incomplete : .wrong(error)
    }
  }

  /// An expression becomes a chunk that returns it.
  private func compile(_ text: String, name: String, line: Int) throws(LuaFailure) -> LuaFunction {
    guard let state else { throw LuaFailure(.internal, "the prompt is closed") }
    let before = String(repeating: "\n", count: line - 1)
    func load(_ text: String) throws(LuaFailure) -> LuaFunction {
      do {
        return try state.load(Array(text.utf8), name: name)
      } catch {
        throw error as? LuaFailure ?? LuaFailure(.internal, "\(error)")
      }
    }
    let asExpression: LuaFailure
    do {
      // What is closed at its end makes the call no tail call, which would forget the line.
      return try load("\(before)local boxwatch_chunk <close> = nil return \(text)")
    } catch {
      asExpression = error
    }
    do {
      return try load(before + text)
    } catch {
      // `1 +` is no beginning of a statement, but one of an expression.
      throw asExpression.isUnfinished && !error.isUnfinished ? asExpression : error
    }
  }

  /// Runs a chunk as one unit: it leaves all that it did, or nothing. What it registered stays.
  ///
  /// - Parameter remembered: what it finds remembered, in place of what the file remembers: the chunk's own changes are
  ///   then handed over in ``ChunkResult/changes``, and not kept here.
  func run(
    chunk text: String, name: String, line: Int, form: ValueForm, on remembered: RememberedState? = nil
  ) async -> ChunkResult {
    var result = ChunkResult()
    guard let console, let state, let show = console.show else { return result }
    console.chunks += 1
    await takeTurn(ofChunk: console.chunks, console)
    defer { turn.pass() }
    if let remembered { memory = remembered.memory }
    let before = memory
    let scope = HandlerScope(identity: namespace, occasion: "chunk \(console.chunks) \(now)")
    scope.mayRegister = !console.isAttached
    console.isRunning.set(true)
    state.allowsNewGlobals = true
    memory.begin()
    do {
      let chunk = try compile(text, name: name, line: line)
      if Task.isCancelled { throw LuaFailure(.cancelled, "cancelled") }
      let values = try await call(show, scope, [.function(chunk), .text(form.rawValue)], in: state)
      let changes = memory.commit()
      if remembered == nil {
        pending.add(changes)
        shared.with { _ = scope.sharedWrites.apply(to: &$0, at: now) }
      } else {
        result.changes = ChunkChanges(
          keys: changes, before: before, after: memory, shared: scope.sharedWrites, sharedBefore: shared.with { $0 },
          effects: scope.effects, at: now)
      }
      result.values = Self.shown(values)
      result.effects = scope.effects
    } catch {
      memory.rollBack()
      result.failure = Self.failure(error)
      if result.failure?.kind == .memory { state.collectGarbage() }
    }
    state.allowsNewGlobals = false
    console.isRunning.set(false)
    state.pageDone()
    await takeUpRegistrations()
    swap(&result.warnings, &problems)
    result.outcomes = takeResult().outcomes
    return result
  }

  /// A handler that waits keeps its turn. Who waits behind it is told so after a moment; cancelling the chunk cancels what
  /// the handlers before it wait for.
  private func takeTurn(ofChunk number: Int, _ console: ConsoleHooks) async {
    console.queued = number
    let telling = Task {
      do { try await Task.sleep(for: .milliseconds(400)) } catch { return }
      if console.queued == number, let handler = current?.identity { console.waits(handler) }
    }
    await withTaskCancellationHandler {
      await turn.take()
    } onCancel: {
      Task { await cancelHandlers(beforeChunk: number) }
    }
    telling.cancel()
    console.queued = nil
    isRetiring = false
  }

  private func cancelHandlers(beforeChunk number: Int) {
    if console?.queued == number { cancelWaiting() }
  }

  private static func failure(_ error: any Error) -> LuaFailure {
    var failure = error as? LuaFailure ?? LuaFailure(.runtime, "\(error)")
    // Nothing but Ctrl-C ends an endless budget; where Lua cannot yield, the bridge tells it as the budget's end.
    if Task.isCancelled && (failure.kind == .time || failure.message.hasSuffix("out of CPU time")) {
      failure.kind = .cancelled
      failure.message = "cancelled"
    }
    return failure
  }

  private func call(
    _ function: LuaFunction, _ scope: HandlerScope, _ arguments: [LuaValue], in state: LuaState
  ) async throws -> [LuaValue] {
    defer {
      use.leave()
      current = nil
    }
    let budget = console?.isAttached == true ? Self.attached : Self.endless
    return try await state.call(function, arguments: arguments, cpu: budget) {
      current = scope
      use.enter(scope.identity)
    }
  }

  /// The prelude gives each value's kind, then its text.
  private static func shown(_ values: [LuaValue]) -> [ChunkResult.Value] {
    let parts = (values.first?.elements ?? []).map { part in
      if case .string(let string) = part { string } else { LuaString("") }
    }
    return stride(from: 0, to: parts.count - 1, by: 2).map {
      .init(kind: parts[$0].text, bytes: parts[$0 + 1].bytes)
    }
  }

  /// Handlers and timers are live at once, and `box.on_start` runs.
  private func takeUpRegistrations() async {
    indexHandlers()
    guard let console else { return }
    let now = now
    for index in timers.indices.dropFirst(console.startedTimers) {
      timers[index].due = timers[index].isImmediate ? now : timers[index].first(after: now)
    }
    console.startedTimers = timers.count
    let starting = onStart
    onStart = []
    for function in starting {
      await commit(HandlerScope(identity: startIdentity, occasion: "start \(now)"), .call(function, []))
    }
  }

  /// The names of the globals, and of what is in those that are tables.
  func globalNames() async -> [String] {
    await turn.take()
    defer { turn.pass() }
    guard let console, let state, let names = console.names else { return [] }
    let scope = HandlerScope(identity: namespace)
    let found = try? await state.call(names, cpu: options.cpu) { current = scope }
    current = nil
    return (found?.first?.elements ?? []).compactMap(\.string)
  }

  // MARK: Recorded events

  /// The clock is the events' own until ``endReplay()``.
  func beginReplay(at moment: Timestamp) { virtualNow = moment }
  func endReplay() { virtualNow = nil }

  /// Without a watcher nothing is tried again: what failed is told, and the events behind it are handled.
  func forgetBacklog() { setBacklog(0) }
}

extension LuaFailure {
  /// Whether the text ended too early, in Lua's own words.
  var isUnfinished: Bool {
    kind == .syntax && (message.hasSuffix("near <eof>") || message.hasSuffix("near '<eof>'"))
  }
}
