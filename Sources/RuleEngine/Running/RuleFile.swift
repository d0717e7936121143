import BoxClient
import Delivery
import LuaHost

/// One rule file: its Lua, its registrations, what it remembers. One call of a script at a time, in order.
///
/// An actor on one of the rules' threads, so that everything of it stays on the thread that its Lua state belongs to.
public actor RuleFile {
  public nonisolated let source: RuleSource
  let options: RuleOptions
  let services: any RuleServices
  let types: TypeTable
  let shared: SharedStore
  private nonisolated let thread: LuaThread

  public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  var state: LuaState?
  var namespace: String
  var memory = RuleState()
  var handlers: [Handler] = []
  /// The handlers of each type's number, in registration order; those without a type are in all of them.
  private var handlersByType: [Int: [Int]] = [:]
  private var handlersOfAll: [Int] = []
  var timers: [TimerEntry] = []
  var onStart: [LuaFunction] = []
  var onStop: [LuaFunction] = []
  var onNewChange: [LuaFunction] = []
  var warnings: [RuleProblem] = []
  var tests: [RegisteredTest] = []
  var lists: [String: LineList] = [:]
  /// The virtual clock; nil where the time of day counts.
  var virtualNow: Timestamp?
  var isLoading = false
  var current: HandlerScope?
  var harness: TestHarness?
  var outcomes: [Outcome] = []
  /// The event that the state's next call gets; its handlers share it.
  private var eventInState: Int?
  var keepTest: LuaFunction?
  /// Alerts of shadow rules, which are not sent.
  public private(set) var shadowAlerts = 0
  public var suppressedAlerts = 0
  public var parkedEvents = 0

  init(
    source: RuleSource, options: RuleOptions, services: any RuleServices, types: TypeTable, shared: SharedStore,
    thread: LuaThread
  ) {
    self.source = source
    self.options = options
    self.services = services
    self.types = types
    self.shared = shared
    self.thread = thread
    namespace = source.namespace
    virtualNow = options.virtualStart
  }

  var now: Timestamp { virtualNow ?? WallClock.now }

  func countShadow() { shadowAlerts += 1 }

  // MARK: Events

  /// Which handlers a type's events reach; made when all are registered.
  func indexHandlers() {
    handlersOfAll = handlers.indices.filter { handlers[$0].types == nil }
    handlersByType = [:]
    for type in Set(handlers.flatMap { $0.types ?? [] }) {
      handlersByType[type] = handlers.indices.filter { handlers[$0].types?.contains(type) ?? true }
    }
  }

  /// Handles a page's events in order; what its handlers did, in the same order.
  func handle(_ view: EventPageView) async -> [Outcome] {
    outcomes.removeAll(keepingCapacity: true)
    for index in view.fresh {
      if let time = view.times[index], let virtualNow, time > virtualNow {
        // Nearly always nothing can fall due, and the clock just moves.
        if timers.isEmpty && !memory.hasPeriods { self.virtualNow = time } else { await advance(to: time) }
      }
      let type = view.types[index]
      let interested = type >= 0 ? handlersByType[type] ?? handlersOfAll : handlersOfAll
      if !interested.isEmpty { await handle(EventInHand(view: view, index: index), by: interested) }
    }
    state?.pageDone()
    _ = memory.sweep(at: now)
    return outcomes
  }

  private func handle(_ event: EventInHand, by interested: [Int]) async {
    eventInState = nil
    for index in interested {
      let handler = handlers[index]
      if handler.isQuarantined {
        parkedEvents += 1
        continue
      }
      let scope = HandlerScope(identity: handler.identity, rule: handler.rule, event: event)
      await commit(scope, .event(handler, event))
    }
  }

  /// What is run as one unit.
  enum Work {
    case event(Handler, EventInHand)
    case call(LuaFunction, [LuaValue])
  }

  /// Runs a call as one unit: it leaves all that it did, or nothing.
  func commit(_ scope: HandlerScope, _ work: Work) async {
    memory.begin()
    do {
      switch work {
      case .event(let handler, let event):
        if try await run(handler, on: event, scope) { handler.exhausted = 0 }
      case .call(let function, let arguments): _ = try await call(function, scope, arguments: arguments)
      }
      _ = memory.commit()
      if !scope.sharedWrites.isEmpty { shared.with { _ = scope.sharedWrites.apply(to: &$0, at: now) } }
      if !scope.effects.isEmpty {
        outcomes.append(Outcome(eventIndex: scope.event?.index, effects: scope.effects, failure: nil))
      }
    } catch {
      memory.rollBack()
      var handler: Handler?
      if case .event(let failing, _) = work { handler = failing }
      failed(scope, handler, error)
    }
  }

  /// Whether the handler wanted the event.
  private func run(_ handler: Handler, on event: EventInHand, _ scope: HandlerScope) async throws -> Bool {
    if let filter = handler.filter, try await !matches(filter, event, scope) { return false }
    if eventInState != event.index {
      try state?.setEvent(
        event.view.page, event.index, stream: event.stream, replayed: event.view.isReplayed, attempt: scope.attempt)
      eventInState = event.index
    }
    switch handler.action {
    case .call(let function): _ = try await call(function, scope, event: true)
    case .rule(let rule): try await run(rule, scope)
    }
    return true
  }

  private func failed(_ scope: HandlerScope, _ handler: Handler?, _ error: any Error) {
    let failure: LuaFailure
    switch error {
    case let lua as LuaFailure: failure = lua
    case let mistake as Arguments.Mistake: failure = LuaFailure(.runtime, mistake.message)
    default: failure = LuaFailure(.runtime, "\(error)")
    }
    let event = scope.event?.event
    outcomes.append(
      Outcome(
        eventIndex: scope.event?.index, effects: [],
        failure: RuleFailure(
          file: source.path, handler: scope.identity, eventID: event?.id, eventType: event?.eventType, failure: failure)
      ))
    guard let handler else { return }
    guard [.time, .memory, .wait].contains(failure.kind) else {
      handler.exhausted = 0
      return
    }
    handler.exhausted += 1
    if handler.exhausted >= options.quarantineAfter {
      handler.isQuarantined = true
      log(
        .error,
        "\(handler.identity) ran out of its budget \(handler.exhausted) times in a row and is set aside; its events are parked"
      )
    }
  }

  /// Calls a function of the script under the budgets of one call.
  func call(
    _ function: LuaFunction, _ scope: HandlerScope, event: Bool = false, arguments: [LuaValue] = []
  ) async throws -> [LuaValue] {
    guard let state else { throw LuaFailure(.internal, "the rule file is not loaded") }
    return try await state.call(
      function, event: event, arguments: arguments, cpu: options.cpu, wait: virtualNow == nil ? options.wait : nil
    ) { current = scope }
  }

  private func matches(_ filter: WhereFilter, _ event: EventInHand, _ scope: HandlerScope) async throws -> Bool {
    for condition in filter.conditions {
      switch condition.test {
      case .anyOf(let scalars):
        if let text = condition.path.computed(event.event, stream: event.stream) {
          guard scalars.contains(where: { $0.equals(text) }) else { return false }
          continue
        }
        guard let value = condition.path.value(in: event.event),
          scalars.contains(where: { $0.equals(value, isIdentifier: condition.path.isIdentifier) })
        else { return false }
      case .predicate(let function):
        // A value that is not there matches no predicate: `name:lower()` must not fail on an event without a name.
        guard let argument = condition.path.argument(in: event.event, stream: event.stream) else { return false }
        let results = try await call(function, scope, arguments: [argument])
        guard results.first?.isTruthy == true else { return false }
      }
    }
    return true
  }

  // MARK: The end

  /// What is still held back becomes summaries; `on_stop` runs.
  func stop() async -> [Outcome] {
    outcomes.removeAll(keepingCapacity: true)
    for function in onStop {
      let scope = HandlerScope(identity: "\(namespace)/on_stop", occasion: "stop \(now)")
      await commit(scope, .call(function, []))
    }
    sumUp(memory.withDeduplicator { $0.drain() })
    return outcomes
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
