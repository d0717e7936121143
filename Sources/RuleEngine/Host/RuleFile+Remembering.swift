import BoxClient
import LuaHost

extension RuleFile {
  /// `host.kv_*(shared, key, …)`; values are JSON text.
  func keyValue(_ function: HostFunction, _ arguments: Arguments) throws -> HostReply {
    guard case .boolean(let isShared) = arguments[0] else { throw arguments.wrong(0, "boolean") }
    let rest = Arguments(function: arguments.function, values: Array(arguments.values.dropFirst()))
    if function != .kvGet && function != .kvKeys {
      _ = try scope(arguments.function)
      let key = try rest.string(0)
      try Self.checkLength(key, "the key", arguments.function)
      try countWrite(bytes: 64 + key.utf8.count + (rest[1].string?.utf8.count ?? 0))
    }
    let now = now
    do {
      if isShared { return try sharedKeyValue(function, rest, now) }
      return try memory.withKeyValues { store in try Self.keyValue(function, rest, &store, now) }
    } catch let error as KeyValueError {
      throw Arguments.Mistake("\(arguments.function): \(error)")
    }
  }

  /// Bytes of a key, of a window's name or value, at most: they are held in memory, outside the script's own.
  private static let longestKey = 4096
  /// Windows of a file at most.
  private static let mostWindows = 10_000

  private static func checkLength(_ text: String, _ what: String, _ function: String) throws {
    guard text.utf8.count > longestKey else { return }
    throw Arguments.Mistake("\(function): \(what) has \(text.utf8.count) bytes, \(longestKey) are allowed")
  }

  /// The shared store, with what this call has written over it.
  private func sharedKeyValue(_ function: HostFunction, _ arguments: Arguments, _ now: Timestamp) throws -> HostReply {
    var writes = current?.sharedWrites ?? KeyValueOverlay()
    let reply = try shared.with { store in
      switch function {
      case .kvKeys:
        let prefix = try arguments.optionalString(0) ?? ""
        return HostReply.values([.array(writes.keys(prefix: prefix, in: store, at: now).map { .text($0) })])
      case .kvGet:
        let value = writes.get(try arguments.string(0), in: store, at: now)
        return .values([value.map { .string(LuaString($0)) } ?? .nil])
      case .kvSet:
        let options = try arguments.options(2, known: ["ttl"])
        writes.set(
          try arguments.string(0), try arguments.bytes(1).bytes, timeToLive: try Self.timeToLive(options), at: now)
        return .values([])
      case .kvDelete:
        writes.delete(try arguments.string(0))
        return .values([])
      default:
        let sum = try writes.increment(try arguments.string(0), by: try Self.step(arguments), in: store, at: now)
        return .values([Self.value(sum)])
      }
    }
    if current?.isTest == true {
      shared.with { _ = writes.apply(to: &$0, at: now) }
    } else {
      current?.sharedWrites = writes
    }
    return reply
  }

  private static func timeToLive(_ options: Options) throws -> Duration? {
    guard let duration = try options.duration("ttl") else { return nil }
    guard duration > .zero else { throw Arguments.Mistake("\(options.function): ttl must be longer than zero") }
    return duration
  }

  private static func step(_ arguments: Arguments) throws -> JSONNumber {
    switch arguments[1] {
    case .nil: .integer(1)
    case .integer(let integer): .integer(integer)
    case .number(let number): .real(number)
    default: throw arguments.wrong(1, "number")
    }
  }

  private static func value(_ number: JSONNumber) -> LuaValue {
    switch number {
    case .integer(let integer): .integer(integer)
    case .real(let real): .number(real)
    }
  }

  private static func keyValue(
    _ function: HostFunction, _ arguments: Arguments, _ store: inout KeyValueStore, _ now: Timestamp
  ) throws -> HostReply {
    if function == .kvKeys {
      let keys = store.keys(prefix: try arguments.optionalString(0) ?? "", at: now)
      return .values([.array(keys.map { .text($0) })])
    }
    let key = try arguments.string(0)
    switch function {
    case .kvGet: return .values([store.get(key, at: now).map { .string(LuaString($0)) } ?? .nil])
    case .kvSet:
      let options = try arguments.options(2, known: ["ttl"])
      store.set(key, try arguments.bytes(1).bytes, timeToLive: try Self.timeToLive(options), at: now)
      return .values([])
    case .kvDelete:
      store.delete(key)
      return .values([])
    default:
      return .values([value(try store.increment(key, by: try step(arguments), at: now))])
    }
  }

  /// `host.window_*(name, span, key, value)`
  func window(_ function: HostFunction, _ arguments: Arguments) throws -> HostReply {
    let name = try arguments.string(0, "name")
    try Self.checkLength(name, "the name", arguments.function)
    if function == .windowOpen || !memory.isDeclared(window: name) {
      let span = try arguments.duration(1)
      guard span > .zero else {
        throw Arguments.Mistake("\(arguments.function): the span must be longer than zero, such as \"5m\"")
      }
      if console == nil, let known = windowSpans[name], known != span {
        throw Arguments.Mistake(
          "\(arguments.function): the window \"\(name)\" has the span \(known.roundedText) already; another span needs another name"
        )
      }
      guard memory.isDeclared(window: name) || memory.windows.count < Self.mostWindows else {
        throw Arguments.Mistake(
          "\(arguments.function): a file has \(Self.mostWindows) windows at most; what tells them apart goes into keys")
      }
      windowSpans[name] = span
      // Windows that have been idle for long are dropped, and must not stay here.
      if windowSpans.count > 2 * Self.mostWindows {
        windowSpans = windowSpans.filter { memory.isDeclared(window: $0.key) || $0.key == name }
      }
      memory.declareWindow(name, span: span)
    }
    if function == .windowOpen { return .values([]) }
    guard let key = arguments[2].key else {
      throw Arguments.Mistake("bad argument #1 to '\(arguments.function)' (key expected, got \(arguments[2].typeName))")
    }
    switch function {
    case .windowAdd:
      let scope = try scope("window:add")
      let time = scope.event.flatMap { $0.view.time(of: $0.index) } ?? now
      let value = arguments[3]
      guard value.isNil || value.key != nil else {
        throw Arguments.Mistake("window:add: the value must be text, a number or a boolean, got \(value.typeName)")
      }
      try Self.checkLength(key, "the key", "window:add")
      try Self.checkLength(value.key ?? "", "the value", "window:add")
      try countWrite(bytes: 64 + key.utf8.count + (value.key?.utf8.count ?? 0))
      memory.withWindow(name) { $0.add(key, value: value.key, at: time) }
      return .values([])
    case .windowCount: return .values([.integer(Int64(memory.withWindow(name) { $0.count(key) }))])
    case .windowDistinct: return .values([.integer(Int64(memory.withWindow(name) { $0.distinct(key) }))])
    default:
      _ = try scope("window:reset")
      memory.withWindow(name) { $0.reset(key) }
      return .values([])
    }
  }

  func once(_ arguments: Arguments) throws -> HostReply {
    _ = try scope("box.once")
    guard let key = arguments[0].key else { throw arguments.wrong(0, "string") }
    try Self.checkLength(key, "the key", "box.once")
    try countWrite(bytes: 64 + key.utf8.count)
    let period = try arguments.duration(1)
    guard period > .zero else {
      throw Arguments.Mistake("box.once: the period must be longer than zero, such as \"24h\"")
    }
    let now = now
    return .values([.boolean(memory.withOnceKeys { $0.isFirst(key, within: period, at: now) })])
  }

  func list(_ function: HostFunction, _ arguments: Arguments) throws -> HostReply {
    let name = try arguments.string(0, "file name")
    if function == .listOpen {
      let parts = name.split(separator: "/", omittingEmptySubsequences: false)
      guard !name.isEmpty, !name.hasPrefix("/"), !parts.contains(".."), !name.utf8.contains(0) else {
        throw Arguments.Mistake("box.list: \"\(name)\" must be a file beside the rules, without ..")
      }
      do {
        if lists[name] == nil { lists[name] = try LineList(path: "\(source.folder)/\(name)") }
      } catch {
        throw Arguments.Mistake("box.list: \(error)")
      }
      return .values([])
    }
    if let problem = lists[name]?.refresh() {
      log(.warn, "box.list: \(problem); the lines that were read before go on to count")
    }
    guard let list = lists[name] else { throw Arguments.Mistake("box.list: \"\(name)\" was not opened") }
    if function == .listLines { return .values([.array(list.lines.map { .text($0) })]) }
    guard let line = arguments[1].key, list.contains(line) else { return .values([.nil]) }
    return .values([.boolean(true)])
  }
}
