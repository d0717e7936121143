import BoxClient
import Delivery
import LuaHost
import Synchronization

/// One rule file: its Lua, its registrations, what it remembers. One call of a script at a time, in order.
///
/// An actor on one of the rules' threads, so that everything of it stays on the thread that its Lua state belongs to.
public actor RuleFile {
  public nonisolated let source: RuleSource
  /// No two files that this process loads have the same, generations of one file included.
  public nonisolated let number = RuleFile.numbers.add(1, ordering: .relaxed).newValue
  private static let numbers = Atomic(0)
  let options: RuleOptions
  /// One call's, as the bridge takes it.
  let cpu: CPUBudget
  let services: any RuleServices
  let types: TypeTable
  let shared: SharedStore
  private nonisolated let thread: LuaThread
  /// What runs on the thread now.
  let use: LuaThreadUse
  let pool: MemoryPool?
  /// The bytes of every file that was read to load this one, by path: whether it has changed.
  var textsRead: [String: [UInt8]] = [:]

  public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  /// Counts what took the place of one another since the start, from 1.
  var generation = 1
  var state: LuaState?
  /// Under which it remembers things. The script may name it while it loads; nothing changes it afterwards.
  public nonisolated var namespace: String { fixedNamespace.withLock { $0 } }
  nonisolated let fixedNamespace: Mutex<String>
  var memory = RuleState()
  var handlers: [Handler] = []
  /// The handlers of each type's number, in registration order; those without a type are in all of them.
  private var handlersByType: [[Int]] = []
  private var handlersOfAll: [Int] = []
  var timers: [TimerEntry] = []
  var onStart: [LuaFunction] = []
  var onStop: [LuaFunction] = []
  var onNewChange: [LuaFunction] = []
  var problems: [RuleProblem] = []
  var tests: [RegisteredTest] = []
  var lists: [String: LineList] = [:]
  /// The virtual clock; nil where the time of day counts.
  var virtualNow: Timestamp?
  var isLoading = false
  var current: HandlerScope?
  var harness: TestHarness?
  /// Of a prompt's file.
  var console: ConsoleHooks?
  var outcomes: [Outcome] = []
  /// What handlers wrote into the shared store since the last result.
  private var sharedWrites: [SharedWrites] = []
  /// What has changed of ``memory`` since the last result.
  var pending = RuleState.Changes()
  /// What else than handlers of events is set aside, by its identity.
  var setAside: Set<String> = []
  /// Handlers that were set aside since the last result.
  private var quarantined: [String] = []
  /// How many results there were.
  private var results = 0
  /// When timers ticked since the last result, by their identity, and when they did before.
  var ticks: [String: Timestamp] = [:]
  var lastTicks: [String: Timestamp] = [:]
  /// Until when `on_stop` may wait.
  var stopDeadline: ContinuousClock.Instant?
  /// The next generation takes over: calls that would wait are cancelled.
  var isRetiring = false
  /// The event that the state's next call gets; its handlers share it.
  var eventInState: Int?
  let turn = Turn()
  /// The page that is being handled.
  var visit: PageVisit?
  /// A call that went on after its page had left.
  var running: RunningCall?
  /// Events in the file's backlog. While there are any, pages queue behind them. Changed on the file's thread only; anybody
  /// may look, without a way there.
  public nonisolated var backlog: Int { backlogCount.load(ordering: .acquiring) }
  private nonisolated let backlogCount = Atomic(0)
  var keepTest: LuaFunction?
  /// Whether `box.namespace` was called.
  var hasFixedNamespace = false
  /// The spans of the windows that this generation has opened.
  var windowSpans: [String: Duration] = [:]
  /// Event types of queries that were warned of.
  var doubtedTypes = Set<String>()
  /// The path of a file that was looked at last, and when, by `CoarseTime`.
  var checkedPath: (path: OutputPath, at: Int64)?
  /// Alerts of shadow rules, which are not sent.
  public private(set) var shadowAlerts = 0
  public private(set) var suppressedAlerts = 0
  public var parkedEvents = 0
  /// Ticks of timers that were left out.
  public var skippedTicks = 0

  init(
    source: RuleSource, options: RuleOptions, services: any RuleServices, types: TypeTable, shared: SharedStore,
    thread: LuaThread, use: LuaThreadUse = LuaThreadUse(), pool: MemoryPool? = nil
  ) {
    self.source = source
    self.options = options
    cpu = CPUBudget(options.cpu)
    self.services = services
    self.types = types
    self.shared = shared
    self.thread = thread
    self.use = use
    self.pool = pool
    fixedNamespace = Mutex(source.namespace)
    virtualNow = options.virtualStart
  }

  // Also where an error ends the program before `close`: a Lua state ends on the thread that it began on.
  isolated deinit {}

  var now: Timestamp { virtualNow ?? WallClock.now }

  func setBacklog(_ count: Int) { backlogCount.store(count, ordering: .releasing) }

  // MARK: Events

  /// Which handlers a type's events reach; made when all are registered.
  func indexHandlers() {
    handlersOfAll = handlers.indices.filter { handlers[$0].types == nil }
    let wanted = handlers.flatMap { $0.types ?? [] }
    handlersByType = (0..<(wanted.max().map { $0 + 1 } ?? 0)).map { type in
      handlers.indices.filter { handlers[$0].types?.contains(type) ?? true }
    }
  }

  /// The handlers of a type's events, by the type's number.
  func handlers(ofType type: Int) -> [Int] {
    handlersByType.indices.contains(type) ? handlersByType[type] : handlersOfAll
  }

  /// The time of an entry that the virtual clock has to be brought to step by step, with ``advance(to:)``, since something
  /// may fall due on the way. Where nothing can it is moved on here; it never goes back.
  func timeToReach(_ index: Int, of view: EventPageView) -> Timestamp? {
    guard let virtualNow, let time = view.time(of: index) else { return nil }
    guard timers.isEmpty && !memory.hasPeriods else {
      // A handler that slept may have left something behind that is due.
      return time > virtualNow ? time : nextDue.flatMap { $0 <= virtualNow ? virtualNow : nil }
    }
    self.virtualNow = max(time, virtualNow)
    return nil
  }

  /// What is run as one unit.
  enum Work {
    case event(Handler, EventInHand)
    case call(LuaFunction, [LuaValue])
    /// A handler's call that has begun and waits.
    case rest(Handler, WaitingCall)
  }

  /// Runs a call as one unit: it leaves all that it did, or nothing. Returns why it failed.
  @discardableResult
  func commit(_ scope: HandlerScope, _ work: Work) async -> RuleFailure? {
    if case .call = work, setAside.contains(scope.identity) { return nil }
    // What waits has begun already.
    if case .rest = work {} else { memory.begin() }
    do {
      switch work {
      case .event(let handler, let event):
        if try await run(handler, on: event, scope) { handler.exhausted = 0 }
      case .call(let function, let arguments): _ = try await call(function, scope, arguments: arguments)
      case .rest(let handler, let waiting):
        try await finish(waiting, scope)
        handler.exhausted = 0
      }
      if let excess = scope.excess { throw excess }
      succeeded(scope)
      return nil
    } catch {
      switch work {
      case .event(let handler, _), .rest(let handler, _): return failed(scope, handler, error)
      case .call: return failed(scope, nil, error)
      }
    }
  }

  /// Makes an event the one that the state's calls get.
  func setEvent(_ event: EventInHand) throws {
    guard eventInState != event.index else { return }
    try state?.setEvent(
      event.view.page, event.index, stream: event.stream, replayed: event.view.isReplayed, attempt: event.attempt)
    eventInState = event.index
  }

  /// Whether the handler wanted the event, whose text its filter admits.
  private func run(_ handler: Handler, on event: EventInHand, _ scope: HandlerScope) async throws -> Bool {
    if let filter = handler.filter, try await !matches(filter, event, scope) { return false }
    try setEvent(event)
    switch handler.action {
    case .call(let function): _ = try await call(function, scope, event: true)
    case .rule(let rule): try await run(rule, scope)
    }
    return true
  }

  /// A call has ended well: what it did counts.
  func succeeded(_ scope: HandlerScope) {
    countUnlogged(scope)
    pending.add(memory.commit())
    shadowAlerts += scope.shadowAlerts
    suppressedAlerts += scope.suppressedAlerts
    if !scope.sharedWrites.isEmpty {
      sharedWrites.append(SharedWrites(writes: scope.sharedWrites, at: now))
      shared.with { _ = scope.sharedWrites.apply(to: &$0, at: now) }
    }
    if !scope.effects.isEmpty {
      outcomes.append(
        Outcome(eventIndex: scope.event?.index, handler: scope.identity, effects: scope.effects, failure: nil))
    }
  }

  /// A call has failed: nothing of it stays.
  func failed(_ scope: HandlerScope, _ handler: Handler?, _ error: any Error) -> RuleFailure {
    memory.rollBack()
    countUnlogged(scope)
    let lua: LuaFailure
    switch error {
    case let failure as LuaFailure: lua = failure
    case let mistake as Arguments.Mistake: lua = LuaFailure(.runtime, mistake.message)
    default: lua = LuaFailure(.runtime, "\(error)")
    }
    // What the call left behind must not be missing elsewhere: all files draw from one pool.
    if lua.kind == .memory { state?.collectGarbage() }
    // A clock of its own makes nothing pass: tests and replays tell each failure at once.
    let mayPass = virtualNow == nil && scope.event != nil && scope.mayPass(lua)
    let failure = failure(scope.event, scope.identity, mayPass ? .retried : .parked, lua)
    outcomes.append(Outcome(eventIndex: scope.event?.index, handler: scope.identity, effects: [], failure: failure))
    if let handler { count(lua, of: handler) }
    return failure
  }

  /// An event that a handler is not called with, or that it failed on for good.
  func park(_ event: EventInHand, _ identity: String, _ fate: RuleFailure.Fate, _ failure: LuaFailure) {
    outcomes.append(
      Outcome(
        eventIndex: event.index, handler: identity, effects: [],
        failure: self.failure(event, identity, fate, failure)))
  }

  private func failure(
    _ event: EventInHand?, _ identity: String, _ fate: RuleFailure.Fate, _ failure: LuaFailure
  ) -> RuleFailure {
    RuleFailure(
      file: source.path, handler: identity, eventID: event?.event.id, eventType: event?.event.eventType, fate: fate,
      failure: failure)
  }

  private func count(_ failure: LuaFailure, of handler: Handler) {
    guard [.time, .memory, .wait].contains(failure.kind) else {
      handler.exhausted = 0
      return
    }
    handler.exhausted += 1
    if handler.exhausted >= options.quarantineAfter {
      handler.isQuarantined = true
      quarantined.append(handler.identity)
      log(
        .error,
        "\(handler.identity) ran out of its budget \(handler.exhausted) times in a row and is set aside; its events are parked"
      )
    }
  }

  /// Tells how many lines a call that has ended logged beyond its bound.
  private func countUnlogged(_ scope: HandlerScope) {
    let excess = scope.logged - options.logLines
    guard excess > 0 else { return }
    log(.warn, "\(scope.identity): \(excess) log lines left out, beyond the \(options.logLines) of one call")
  }

  func nextSequence() -> Int {
    results += 1
    return results
  }

  /// What was done since the last result, with the state as it stands without the call that is under way.
  func takeResult() -> WorkResult {
    var result = WorkResult()
    result.sequence = nextSequence()
    swap(&result.outcomes, &outcomes)
    swap(&result.sharedWrites, &sharedWrites)
    swap(&result.quarantined, &quarantined)
    if !pending.isEmpty {
      if memory.isInHandler {
        var committed = memory
        committed.rollBack()
        result.cells = committed.cells(for: pending)
      } else {
        result.cells = memory.cells(for: pending)
        memory.stored(pending)
      }
      pending = RuleState.Changes()
    }
    result.cells += ticks.map { identity, tick in
      var writer = CellWriter()
      writer.write(tick)
      return StateCell(part: .timer, key: Array(identity.utf8), value: writer.bytes)
    }
    lastTicks.merge(ticks) { $1 }
    ticks = [:]
    result.nextDue = nextDue
    return result
  }

  /// Calls a function of the script under the budgets of one call.
  func call(
    _ function: LuaFunction, _ scope: HandlerScope, event: Bool = false, arguments: [LuaValue] = []
  ) async throws -> [LuaValue] {
    guard let state else { throw LuaFailure(.internal, "the rule file is not loaded") }
    scope.waited = .zero
    defer { use.leave() }
    return try await state.call(
      function, event: event, arguments: arguments, cpu: options.cpu, wait: waitLimit
    ) {
      current = scope
      use.enter(scope.identity)
    }
  }

  /// How long a call may wait; nil for no bound, where the clock is the events'.
  private var waitLimit: Duration? {
    guard virtualNow == nil else { return nil }
    guard let stopDeadline else { return options.wait }
    return max(.zero, min(options.wait, ContinuousClock.now.duration(to: stopDeadline)))
  }

  private func finish(_ waiting: WaitingCall, _ scope: HandlerScope) async throws {
    guard let state else { throw LuaFailure(.internal, "the rule file is not loaded") }
    defer { use.leave() }
    _ = try await state.finish(waiting, wait: waitLimit) {
      current = scope
      use.enter(scope.identity)
    }
  }

  private func matches(_ filter: WhereFilter, _ event: EventInHand, _ scope: HandlerScope) async throws -> Bool {
    for (path, function) in filter.predicates {
      // A value that is not there matches no predicate: `name:lower()` must not fail on an event without a name.
      guard let argument = path.argument(in: event) else { return false }
      let results = try await call(function, scope, arguments: [argument])
      guard results.first?.isTruthy == true else { return false }
    }
    return true
  }

  // MARK: The end

  /// What is still held back becomes summaries; `on_stop` runs.
  ///
  /// - Parameter deadline: until when `on_stop` may wait.
  func stop(by deadline: ContinuousClock.Instant? = nil) async -> WorkResult {
    await turn.take()
    defer { turn.pass() }
    isRetiring = false
    stopDeadline = deadline
    if let virtualNow { await advance(to: virtualNow) }
    for (index, function) in onStop.enumerated() {
      let scope = HandlerScope(identity: stopIdentity, occasion: "stop \(index) \(now)")
      await commit(scope, .call(function, []))
    }
    sumUp { $0.drain() }
    return takeResult()
  }

  /// Lets go of everything of the script, on its own thread.
  func close() {
    handlers = []
    timers = []
    (onStart, onStop, onNewChange, tests) = ([], [], [], [])
    keepTest = nil
    state = nil
  }

  func log(_ level: RuleLogLine.Level, _ text: String) {
    services.log(RuleLogLine(level: level, file: source.path, text: text))
  }
}
