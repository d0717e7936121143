import BoxClient
import LuaHost

/// What a rule file registered for events.
final class Handler {
  /// Unique in the file: the rule's id, the name, or the types and a number.
  let name: String
  /// The file's namespace and the name: what backlogs and idempotency keys are made of.
  let identity: String
  /// Numbers of the event types; nil for every type.
  let types: Set<Int>?
  let filter: WhereFilter?
  let action: Action
  /// What is called with every event that the filter's values admit, where no function decides about it first.
  let function: LuaFunction?
  /// Calls out of budget in a row.
  var exhausted = 0
  var isQuarantined = false

  enum Action {
    case call(LuaFunction)
    case rule(Rule)
  }

  init(
    name: String, identity: String, types: Set<Int>?, filter: WhereFilter?, action: Action
  ) {
    self.name = name
    self.identity = identity
    self.types = types
    self.filter = filter
    self.action = action
    if case .call(let function) = action, filter?.predicates.isEmpty ?? true {
      self.function = function
    } else {
      function = nil
    }
  }

  var rule: Rule? {
    if case .rule(let rule) = action { rule } else { nil }
  }
}

/// What `box.rule` adds.
final class Rule {
  let id: String
  /// File and line of its registration.
  let place: String
  let severity: AlertRecord.Severity
  let threshold: (count: Int, by: Key?)?
  let dedup: Duration
  let dedupKey: Key?
  let title: Title
  /// What it is about: the body of its own alerts.
  let description: String
  let notes: AlertRecord.Notes
  let isShadow: Bool
  let run: LuaFunction?

  init(
    id: String, place: String, severity: AlertRecord.Severity, threshold: (count: Int, by: Key?)?, dedup: Duration,
    dedupKey: Key?,
    title: Title, description: String, notes: AlertRecord.Notes, isShadow: Bool, run: LuaFunction?
  ) {
    self.id = id
    self.place = place
    self.severity = severity
    self.threshold = threshold
    self.dedup = dedup
    self.dedupKey = dedupKey
    self.title = title
    self.description = description
    self.notes = notes
    self.isShadow = isShadow
    self.run = run
  }

  enum Key {
    case path(EventPath)
    case function(LuaFunction)
  }

  enum Title {
    case text(String)
    case function(LuaFunction)
  }
}
