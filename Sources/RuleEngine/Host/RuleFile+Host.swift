import BoxClient
import Delivery
import LuaHost

extension RuleFile {
  /// Answers a call from the script.
  func answer(_ call: HostCall) -> HostReply {
    let (function, name) = HostFunction.numbered[Int(call.function)]
    let arguments = Arguments(function: name, values: call.arguments)
    do {
      let reply = try answer(function, arguments, canWait: call.canWait)
      if case .wait = reply {
        if isRetiring { return .wait { throw CancellationError() } }
        current?.waitsForBox = function.asksBox
        use.leave()
        timeVisit()
      }
      return reply
    } catch let mistake as Arguments.Mistake {
      guard options.keepsMistakes, isLoading, function.registers else { return .error(.text(mistake.message)) }
      note(mistake.message, .error)
      return .values([])
    } catch let error as QueryError {
      return .error(error.value)
    } catch {
      return .error(.text("\(name): \(error)"))
    }
  }

  private func answer(_ function: HostFunction, _ arguments: Arguments, canWait: Bool) throws -> HostReply {
    switch function {
    case .on: return try register(arguments)
    case .rule: return try registerRule(arguments)
    case .onNewChange, .onStart, .onStop: return try registerCall(function, arguments)
    case .every, .after, .cron: return try registerTimer(function, arguments)
    case .namespace: return try fixNamespace(arguments)
    case .test: return try registerTest(arguments)
    case .log: return try logLine(arguments)
    case .alert: return try alert(arguments)
    case .fileAppend: return try fileAppend(arguments.ofNamedFunction())
    case .fileCSV: return try fileCSV(arguments)
    case .fileWrite: return try fileWrite(arguments)
    case .fileRead: return try fileRead(arguments)
    case .kvGet, .kvSet, .kvIncrement, .kvDelete, .kvKeys: return try keyValue(function, arguments)
    case .windowOpen, .windowAdd, .windowCount, .windowDistinct, .windowReset: return try window(function, arguments)
    case .once: return try once(arguments)
    case .listOpen, .listHas, .listLines: return try list(function, arguments)
    case .api, .http: return try ask(function, arguments.ofNamedFunction(), canWait: canWait)
    case .getEvents, .checkQuery, .getRealtimeServers: return try ask(function, arguments, canWait: canWait)
    case .webhook: return try webhook(arguments)
    case .exec: return try exec(arguments)
    case .secret: return try secret(arguments)
    case .position: return try position(arguments)
    case .sleep: return try sleep(arguments, canWait: canWait)
    case .timeNow, .timeParse, .timeFormat: return try time(function, arguments)
    case .module: return try module(arguments)
    case .keepTest:
      keepTest = try arguments.function(0)
      return .values([])
    case .console: return try consoleCall(arguments)
    default: return try test(function, arguments, canWait: canWait)
    }
  }

  /// The call that is under way, for what only handlers may do.
  func scope(_ function: String) throws -> HandlerScope {
    guard let current, !isLoading else {
      throw Arguments.Mistake("\(function) works inside handlers only, not while the file is loaded")
    }
    return current
  }

  // MARK: Log, time, modules

  private func logLine(_ arguments: Arguments) throws -> HostReply {
    guard let level = RuleLogLine.Level(rawValue: try arguments.string(0)) else { throw arguments.wrong(0, "level") }
    if let current {
      current.logged += 1
      if current.logged > options.logLines { return .values([]) }
    }
    var line = try arguments.bytes(1).bytes
    let isCut = line.count > options.logLineBytes
    if isCut { line.removeLast(line.count - options.logLineBytes) }
    let text = String(decoding: line, as: UTF8.self) + (isCut ? "…" : "")
    harness?.log.append(text)
    log(level, text)
    return .values([])
  }

  private func time(_ function: HostFunction, _ arguments: Arguments) throws -> HostReply {
    switch function {
    case .timeNow: return .values([.number(now.secondsSince1970)])
    case .timeParse:
      guard let time = RelativeTime.parse(try arguments.string(0), now: now) else {
        return .values([
          .nil, .text("\"\(try arguments.string(0))\" is no time; times are RFC 3339, or relative as \"-1h\""),
        ])
      }
      return .values([.number(time.secondsSince1970)])
    default:
      let seconds: Double
      switch arguments[0] {
      case .integer(let integer): seconds = Double(integer)
      case .number(let number): seconds = number
      case .nil: seconds = now.secondsSince1970
      default: throw arguments.wrong(0, "number")
      }
      guard abs(seconds) < 2.5e11 else { throw Arguments.Mistake("box.time.format: \(seconds) is no time of this era") }
      let whole = seconds.rounded(.down)
      let time = Timestamp(seconds: Int64(whole), nanoseconds: Int32(((seconds - whole) * 1e9).rounded(.down)))
      guard let format = try arguments.optionalString(1) else { return .values([.text(time.description)]) }
      return .values([.text(try TimeFormat.text(time, format))])
    }
  }

  private func sleep(_ arguments: Arguments, canWait: Bool) throws -> HostReply {
    let duration = try arguments.duration(0)
    guard !isLoading else {
      throw Arguments.Mistake("box.sleep works inside handlers only, not while the file is loaded")
    }
    guard canWait else { throw Self.cannotWait("box.sleep") }
    if let virtualNow {
      // The virtual clock moves on at once; what falls due meanwhile runs when this call is done.
      if let current, !current.isTest {
        current.waited += duration
        if current.waited > options.wait {
          current.excess = LuaFailure(.wait, "the call waited longer than it may")
        }
        if let excess = current.excess { throw excess }
      }
      self.virtualNow = virtualNow + duration
      return .values([])
    }
    return .wait {
      try await Task.sleep(for: duration)
      return []
    }
  }

  static func cannotWait(_ function: String) -> Arguments.Mistake {
    Arguments.Mistake(
      "\(function) waits, which is impossible inside a sort's comparison, a gsub function or a metamethod; "
        + "call it before and use what it gave")
  }

  private func module(_ arguments: Arguments) throws -> HostReply {
    let name = try arguments.string(0)
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    let isPlain = parts.allSatisfy { part in
      !part.isEmpty && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
    }
    guard parts.count >= 2, parts[0] == "lib", isPlain else {
      throw Arguments.Mistake(
        "module '\(name)': require takes \"box\" and names such as \"lib.who\", a file lib/who.lua in the rules' folder"
      )
    }
    let file = "\(source.root)/\(parts.joined(separator: "/")).lua"
    let text: [UInt8]
    do {
      text = try read(file)
    } catch {
      throw Arguments.Mistake("module '\(name)' not found: \(error)")
    }
    return .values([.string(LuaString(text)), .text("@" + file)])
  }

  private func secret(_ arguments: Arguments) throws -> HostReply {
    let name = try arguments.string(0)
    guard services.hasSecret(name) else {
      throw Arguments.Mistake("box.secret: there is no secret \"\(name)\"; secrets are named in the configuration")
    }
    return .values([.secret(name)])
  }

  private func position(_ arguments: Arguments) throws -> HostReply {
    let stream = try arguments.optionalString(0) ?? current?.event?.stream ?? "default"
    return .values([services.position(of: stream).map { .text($0) } ?? .nil])
  }

  // MARK: Reacting

  private func alert(_ arguments: Arguments) throws -> HostReply {
    let scope = try scope("box.alert")
    let options = try arguments.options(
      0, known: ["title", "severity", "body", "context", "to", "dedup_key", "dedup"])
    guard let title = try options.string("title"), !title.isEmpty else {
      throw Arguments.Mistake("box.alert: title is missing")
    }
    var draft = AlertDraft(
      title: title, severity: try severity(options, default: scope.rule?.severity ?? .info),
      dedup: try options.duration("dedup") ?? scope.rule?.dedup ?? .zero)
    draft.body = try options.string("body") ?? ""
    draft.context = try options.string("context") ?? ""
    draft.sinks = try options.strings("to") ?? []
    if let known = self.options.sinks, let unknown = draft.sinks.first(where: { !known.contains($0) }) {
      throw Arguments.Mistake(
        "box.alert: there is no sink \"\(unknown)\"; there are \(known.sorted().joined(separator: ", "))")
    }
    draft.dedupKey = try options.string("dedup_key")
    if draft.dedupKey == nil, let rule = scope.rule, draft.dedup > .zero {
      if let key = scope.dedupKey {
        draft.dedupKey = key
      } else if case .path(let path) = rule.dedupKey, let inHand = scope.event {
        draft.dedupKey = path.key(in: inHand) ?? rule.id
      } else {
        draft.dedupKey = scope.hit?.key ?? rule.id
      }
    }
    try raise(draft, scope)
    return .values([])
  }

  func severity(_ options: Options, default fallback: AlertRecord.Severity) throws -> AlertRecord.Severity {
    guard let name = try options.string("severity") else { return fallback }
    guard let severity = AlertRecord.Severity(rawValue: name) else {
      let known = AlertRecord.Severity.allCases.map(\.rawValue).joined(separator: ", ")
      throw Arguments.Mistake("\(options.function): severity \"\(name)\" is none of \(known)")
    }
    return severity
  }

  /// A URL, or a secret that is one.
  static func url(_ arguments: Arguments, _ function: String) throws -> String {
    if case .secret(let name) = arguments[0] { return SecretURL.reference(to: name) }
    let url = try arguments.string(0, "URL")
    guard Origin(url) != nil else { throw Arguments.Mistake("\(function): \"\(url)\" is no http or https URL") }
    return url
  }

  private func webhook(_ arguments: Arguments) throws -> HostReply {
    let scope = try scope("box.webhook")
    let url = try Self.url(arguments, "box.webhook")
    let body = try arguments.bytes(1).bytes
    try add(.webhook(url: url, body: body, key: idempotencyKey(scope)), scope)
    return .values([])
  }

  private func exec(_ arguments: Arguments) throws -> HostReply {
    let scope = try scope("box.exec")
    let pairs: [(key: LuaTable.Key, value: LuaValue)]
    switch arguments[0] {
    case .table(let table): pairs = table.pairs
    case .array(let elements): pairs = elements.enumerated().map { (.integer(Int64($0.offset + 1)), $0.element) }
    default: throw arguments.wrong(0, "table such as { \"/usr/bin/scan\", \"file\" }")
    }
    var named = LuaTable()
    var words: [Int64: [UInt8]] = [:]
    for (key, value) in pairs {
      guard case .integer(let index) = key else {
        named.pairs.append((key, value))
        continue
      }
      guard let word = value.key, !word.utf8.contains(0) else {
        throw Arguments.Mistake(
          "box.exec: argument \(index) must be a string without a zero byte, got \(value.typeName)")
      }
      if case .string(let string) = value { words[index] = string.bytes } else { words[index] = Array(word.utf8) }
    }
    let options = Options(function: "box.exec", table: named)
    try options.check(["stdin", "timeout"])
    let ordered = (1...Int64(max(words.count, 1))).compactMap { words[$0] }
    guard let command = ordered.first, ordered.count == words.count, command.first == UInt8(ascii: "/") else {
      throw Arguments.Mistake("box.exec: the first element must be the command's absolute path")
    }
    let timeout = try options.duration("timeout") ?? .seconds(10)
    guard timeout > .zero else { throw Arguments.Mistake("box.exec: timeout must be longer than zero") }
    let run = Effect.Command(arguments: ordered, standardInput: try options.bytes("stdin"), timeout: timeout)
    try add(.exec(run, key: idempotencyKey(scope)), scope)
    return .values([])
  }
}
