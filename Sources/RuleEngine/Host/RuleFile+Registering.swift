import BoxClient
import LuaHost

extension RuleFile {
  private func checkLoading(_ function: String) throws {
    if let console, console.isAttached {
      throw Arguments.Mistake(
        "\(function): a prompt that is attached to a watcher registers nothing; try it with `boxwatch repl --simulate`, "
          + "then save it among the watcher's rules")
    }
    guard isLoading || current?.mayRegister == true else {
      throw Arguments.Mistake("\(function) registers while the file is loaded, at its top level, not inside handlers")
    }
  }

  /// `box.on(types, [where,] fn [, options])`
  func register(_ arguments: Arguments) throws -> HostReply {
    try checkLoading("box.on")
    var next = 1
    var filter: WhereFilter?
    if case .function = arguments[1] {
    } else {
      if !arguments[1].isNil { filter = try WhereFilter(try arguments.table(1)) }
      next = 2
    }
    guard case .function(let function) = arguments[next] else {
      throw arguments.wrong(next, next == 1 ? "where table or function" : "function")
    }
    let options = try arguments.options(next + 1, known: ["name"])
    let (types, names) = try eventTypes(arguments[0], "box.on")
    let name = try options.string("name") ?? numbered(names)
    guard !name.isEmpty else { throw Arguments.Mistake("box.on: name is empty") }
    try add(name, types, filter, .call(function), "box.on")
    return .values([])
  }

  /// `box.rule { … }`
  func registerRule(_ arguments: Arguments) throws -> HostReply {
    try checkLoading("box.rule")
    let options = try arguments.options(
      0,
      known: [
        "id", "on", "where", "severity", "tags", "threshold", "dedup", "dedup_key", "title", "description", "runbook",
        "mode", "run",
      ])
    guard let id = try options.string("id"), !id.isEmpty else {
      throw Arguments.Mistake("box.rule: id is missing; it names the rule in alerts and logs")
    }
    let notes = AlertRecord.Notes(
      tags: try options.strings("tags") ?? [], runbook: try options.string("runbook") ?? "")
    guard !options["on"].isNil else { throw Arguments.Mistake("box.rule \(id): on is missing: which events?") }
    let (types, _) = try eventTypes(options["on"], "box.rule \(id)")
    var filter: WhereFilter?
    if case .table(let table) = options["where"] {
      filter = try WhereFilter(Options(function: "box.rule \(id)", table: table))
    } else if !options["where"].isNil, options["where"].elements?.isEmpty == true {
    } else if !options["where"].isNil {
      throw options.wrong("where", "a table")
    }
    let identity = "\(namespace)/\(id)"
    let threshold = try threshold(options, id, identity)
    let (file, line) = callerPlace
    let rule = Rule(
      id: id, place: "\(file):\(line)", severity: try severity(options, default: .medium), threshold: threshold,
      dedup: try options.duration("dedup") ?? .seconds(3600), dedupKey: try key("dedup_key", options, id),
      title: try title(options, id), description: try options.string("description") ?? "", notes: notes,
      isShadow: try isShadow(options, id), run: try options.function("run"))
    try add(id, types, filter, .rule(rule), "box.rule")
    return .values([])
  }

  private func threshold(_ options: Options, _ id: String, _ identity: String) throws -> (count: Int, by: Rule.Key?)? {
    switch options["threshold"] {
    case .nil: return nil
    case .table(let table):
      let given = Options(function: "box.rule \(id): threshold", table: table)
      try given.check(["count", "within", "by"])
      guard let count = try given.integer("count"), count >= 1, count <= 100_000 else {
        throw Arguments.Mistake("box.rule \(id): threshold.count must be 1 to 100000")
      }
      guard let within = try given.duration("within"), within > .zero else {
        throw Arguments.Mistake("box.rule \(id): threshold.within must be a duration such as \"5m\"")
      }
      memory.declareThreshold(of: identity, count: count, within: within)
      return (count, try key("by", given, "\(id): threshold"))
    default: throw options.wrong("threshold", "a table such as { count = 20, within = \"5m\", by = \"created_by.id\" }")
    }
  }

  private func key(_ name: String, _ options: Options, _ id: String) throws -> Rule.Key? {
    switch options[name] {
    case .nil: return nil
    case .function(let function): return .function(function)
    case .string(let text):
      guard let path = EventPath(text.text) else {
        throw Arguments.Mistake("box.rule \(id): \(name) \"\(text.text)\" is no path such as \"created_by.id\"")
      }
      if let doubt = path.doubt { warn("box.rule \(id): \(name): \(doubt)") }
      return .path(path)
    default: throw options.wrong(name, "a path or a function")
    }
  }

  private func title(_ options: Options, _ id: String) throws -> Rule.Title {
    if case .function(let function) = options["title"] { return .function(function) }
    let title = try options.string("title") ?? id
    guard !title.isEmpty else { throw Arguments.Mistake("box.rule \(id): title is empty") }
    return .text(title)
  }

  private func isShadow(_ options: Options, _ id: String) throws -> Bool {
    switch try options.string("mode") ?? "active" {
    case "active": return false
    case "shadow": return true
    case let other: throw Arguments.Mistake("box.rule \(id): mode \"\(other)\" is neither \"active\" nor \"shadow\"")
    }
  }

  private func add(
    _ name: String, _ types: Set<Int>?, _ filter: WhereFilter?, _ action: Handler.Action, _ function: String
  ) throws {
    for doubt in (filter?.doubts ?? []).sorted() { warn(doubt) }
    forgetAtPrompt(handler: name)
    guard !handlers.contains(where: { $0.name == name }) else {
      let what = if case .rule = action { "id" } else { "name" }
      throw Arguments.Mistake(
        "\(function): the \(what) \"\(name)\" is taken by another handler of this file; ids and names are unique")
    }
    handlers.append(
      Handler(
        name: name, identity: "\(namespace)/\(name)", types: types, filter: filter, action: action))
  }

  /// The types' numbers (nil for all), and their names in order.
  private func eventTypes(_ value: LuaValue, _ function: String) throws -> (Set<Int>?, [String]) {
    let names: [String]
    switch value {
    case .string(let name): names = [name.text]
    case .array(let elements) where !elements.isEmpty:
      names = try elements.map {
        guard let name = $0.string else {
          throw Arguments.Mistake("\(function): event types are strings, got \($0.typeName)")
        }
        return name
      }
    default:
      throw Arguments.Mistake(
        "\(function): event types must be a name, a list of names or \"*\", got \(value.typeName)")
    }
    var numbers = Set<Int>()
    for name in names {
      guard !name.isEmpty else { throw Arguments.Mistake("\(function): an event type is empty") }
      let (types, warning) = EventTypeNames.resolve(name, on: options.streams)
      if let warning { warn("\(function): \(warning)") }
      if types == ["*"] { return (nil, names) }
      for type in types { numbers.insert(self.types.number(of: type)) }
    }
    return (numbers, names)
  }

  /// The file and line that call the host.
  var callerPlace: (file: String, line: Int) {
    guard let caller = state?.caller, let colon = caller.lastIndex(of: ":"),
      let line = Int(caller[caller.index(after: colon)...])
    else { return (source.path, 0) }
    return (String(caller[..<colon]), line)
  }

  private func warn(_ message: String) { note(message, .warning) }

  /// Writes down a problem of the file, at the line that calls the host.
  func note(_ message: String, _ severity: RuleProblem.Severity) {
    let (file, line) = callerPlace
    problems.append(RuleProblem(file: file, line: line, severity: severity, message: message))
  }

  /// Types and their number among the file's handlers of the same types: `upload#2`.
  private func numbered(_ names: [String]) -> String {
    let base = names.sorted().joined(separator: ",")
    var number = 1
    while handlers.contains(where: { $0.name == "\(base)#\(number)" }) { number += 1 }
    return "\(base)#\(number)"
  }

  func registerCall(_ kind: HostFunction, _ arguments: Arguments) throws -> HostReply {
    try checkLoading(arguments.function)
    let function = try arguments.function(0)
    if kind == .onNewChange, !options.streams.isEmpty, options.streams.allSatisfy(\.isEnterprise) {
      warn("box.on_new_change: enterprise streams have no real-time server, so this is never called")
    }
    switch kind {
    case .onStart: onStart.append(function)
    case .onStop: onStop.append(function)
    default: onNewChange.append(function)
    }
    return .values([])
  }

  func registerTimer(_ kind: HostFunction, _ arguments: Arguments) throws -> HostReply {
    try checkLoading(arguments.function)
    let function = try arguments.function(1)
    let schedule: TimerEntry.Schedule
    let known: [String]
    switch kind {
    case .cron: known = ["name", "tz", "missed"]
    case .after: known = ["name"]
    default: known = ["name", "immediate", "missed"]
    }
    let options = try arguments.options(2, known: known)
    let missed = try options.string("missed") ?? (kind == .cron ? "once" : "skip")
    guard missed == "once" || missed == "skip" else {
      throw Arguments.Mistake("\(arguments.function): missed must be \"once\" or \"skip\", got \"\(missed)\"")
    }
    switch kind {
    case .cron:
      do {
        let cron = try CronSchedule(try arguments.string(0), zone: try options.string("tz") ?? "UTC")
        guard cron.next(after: now) != nil else {
          throw Arguments.Mistake("box.cron: \"\(try arguments.string(0))\" is a time that never comes")
        }
        schedule = .cron(cron)
      } catch let error as CronError {
        throw Arguments.Mistake("box.cron: \(error)")
      }
    case .after:
      schedule = .once(after: try arguments.duration(0))
    default:
      let interval = try arguments.duration(0)
      guard interval >= .milliseconds(10) else {
        throw Arguments.Mistake("box.every: the interval must be 10ms or more")
      }
      schedule = .every(interval)
    }
    let base = kind.rawValue
    let name = try options.string("name") ?? "\(base)#\(timers.filter { $0.name.hasPrefix(base + "#") }.count + 1)"
    guard !name.isEmpty else { throw Arguments.Mistake("\(arguments.function): name is empty") }
    forgetAtPrompt(timer: name)
    guard !timers.contains(where: { $0.name == name }) else {
      throw Arguments.Mistake("\(arguments.function): the name \"\(name)\" is taken by another timer of this file")
    }
    timers.append(
      TimerEntry(
        name: name, identity: "\(namespace)/\(name)", schedule: schedule, function: function, due: nil,
        isImmediate: try options.boolean("immediate", default: false), makesUp: missed == "once"))
    return .values([])
  }

  func fixNamespace(_ arguments: Arguments) throws -> HostReply {
    try checkLoading("box.namespace")
    guard handlers.isEmpty, timers.isEmpty else {
      throw Arguments.Mistake("box.namespace must stand at the top of the file, before anything is registered")
    }
    let name = try arguments.string(0)
    guard !name.isEmpty, name.utf8.count <= 200, name.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
      throw Arguments.Mistake("box.namespace: \"\(name)\" must be a name of 1 to 200 bytes without spaces")
    }
    guard console != nil || !hasFixedNamespace || namespace == name else {
      throw Arguments.Mistake("box.namespace: the file has the namespace \"\(namespace)\" already")
    }
    hasFixedNamespace = true
    fixedNamespace.withLock { $0 = name }
    return .values([])
  }
}
