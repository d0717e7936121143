import BoxClient
import LuaHost

extension RuleFile {
  /// What the file's handlers make of an event. They run, and all that they remember and want is taken back; their own
  /// Lua variables stay as they leave them.
  func explain(_ view: EventPageView, _ index: Int) async -> [EventExplanation] {
    await turn.take()
    defer { turn.pass() }
    let event = EventInHand(view: view, index: index)
    var explanations: [EventExplanation] = []
    eventInState = nil
    for handler in handlers { explanations.append(await explain(handler, on: event)) }
    eventInState = nil
    state?.pageDone()
    return explanations
  }

  private func explain(_ handler: Handler, on event: EventInHand) async -> EventExplanation {
    let identity = handler.identity
    if let types = handler.types, !types.contains(event.view.types[event.index]) {
      let names = self.types.names(of: types).joined(separator: ", ")
      return EventExplanation(identity, .differs, because: "it is for \(names)")
    }
    let scope = HandlerScope(identity: identity, rule: handler.rule, event: event)
    let before = memory
    memory.begin()
    do {
      if let filter = handler.filter, let difference = try await difference(filter, event, scope) {
        memory = before
        return EventExplanation(identity, .differs, because: difference)
      }
      guard !handler.isQuarantined else {
        memory = before
        return EventExplanation(identity, .isSetAside, because: "it ran out of its budget too often")
      }
      try await call(handler, event, scope)
      let effects = effects(of: handler, scope)
      memory = before
      return EventExplanation(identity, .matches, effects: effects)
    } catch {
      memory = before
      return EventExplanation(identity, .fails, because: (error as? Arguments.Mistake)?.message ?? "\(error)")
    }
  }

  private func call(_ handler: Handler, _ event: EventInHand, _ scope: HandlerScope) async throws {
    try setEvent(event)
    switch handler.action {
    case .call(let function): _ = try await call(function, scope, event: true)
    case .rule(let rule): try await run(rule, scope)
    }
  }

  /// What the handler has done, in words.
  private func effects(of handler: Handler, _ scope: HandlerScope) -> [String] {
    var lines = scope.effects.map(\.forPerson)
    if scope.suppressedAlerts > 0 { lines.append("an alert is held back: one with its key was sent before") }
    if scope.shadowAlerts > 0 { lines.append("an alert is recorded only: the rule is a shadow") }
    if let threshold = handler.rule?.threshold, scope.hit == nil {
      lines.append("counts towards the threshold of \(threshold.count), which is not reached")
    }
    let changes = memory.commit()
    return lines + memory.inWords(changes) + scope.sharedWrites.inWords
  }

  /// How the event differs from what a `where` asks for; nil where it does not.
  private func difference(
    _ filter: WhereFilter, _ event: EventInHand, _ scope: HandlerScope
  ) async throws -> String? {
    func actual(_ path: EventPath) -> String? {
      path.computed(in: event)?.json ?? path.value(in: event.event)?.text
    }
    for comparison in filter.comparisons where !WhereFilter.admits(event, comparison) {
      let wanted = comparison.anyOf.map(\.inWords).joined(separator: " or ")
      return "where \(comparison.path.text): it is \(actual(comparison.path) ?? "not there"), wanted \(wanted)"
    }
    for (path, function) in filter.predicates {
      guard let argument = path.argument(in: event) else {
        return "where \(path.text): it is not there, so the function was not asked"
      }
      let isWanted = try await call(function, scope, arguments: [argument]).first?.isTruthy == true
      if !isWanted { return "where \(path.text): it is \(actual(path) ?? "not there"), and the function says no" }
    }
    return nil
  }
}

extension RuleConsole {
  /// What all handlers, the prompt's own too, make of an event. Nothing is carried out, nothing is kept.
  public func explain(_ events: Events, _ index: Int, stream: String) async -> [EventExplanation] {
    await engine.explain(events, index, stream: stream)
  }
}

extension RuleEngine {
  /// What the handlers make of an event. Nothing is carried out, nothing is kept.
  public func explain(_ events: Events, _ index: Int, stream: String) async -> [EventExplanation] {
    let view = EventPageView(events: events, fresh: [index], stream: stream, isReplayed: false, types: types)
    var explanations: [EventExplanation] = []
    for file in files { explanations += await file.explain(view, index) }
    return explanations
  }
}

extension Scalar {
  fileprivate var inWords: String {
    switch self {
    case .string(let text): JSONString.quote(text)
    case .integer(let integer): "\(integer)"
    case .number(let number): "\(number)"
    case .boolean(let boolean): "\(boolean)"
    }
  }
}

extension Effect {
  /// As a prompt tells it.
  public var forPerson: String {
    if case .alert(let record, _) = self { record.inWords } else { inWords }
  }
}

extension AlertRecord {
  /// For a person: severity, title and rule, then what else it says.
  public var inWords: String {
    var text = "alert, \(severity?.rawValue ?? "info"): \(title) [\(rule)]"
    if !body.isEmpty { text += "\n  \(body)" }
    if !context.isEmpty { text += "\n  \(context)" }
    return text
  }
}
