import BoxClient
import Delivery
import LuaHost

extension RuleFile {
  /// `box.test(name, fn)`; outside `boxwatch test` nothing is kept. What a prompt loads is a file's top level too.
  func registerTest(_ arguments: Arguments) throws -> HostReply {
    guard isLoading || current?.mayRegister == true else {
      throw Arguments.Mistake("box.test stands at the top level of a file")
    }
    let name = try arguments.string(0, "name")
    let function = try arguments.function(1)
    let (file, line) = callerPlace
    if options.keepsTests { tests.append(RegisteredTest(name: name, function: function, file: file, line: line)) }
    return .values([])
  }

  // MARK: What a test calls

  func test(_ function: HostFunction, _ arguments: Arguments, canWait: Bool) throws -> HostReply {
    guard let harness else { throw Arguments.Mistake("\(arguments.function) works inside tests only") }
    if function.runsHandlers {
      guard canWait else { throw Self.cannotWait(arguments.function) }
      guard !memory.isInHandler else {
        throw Arguments.Mistake("\(arguments.function) works in the test itself, not inside handlers")
      }
    }
    switch function {
    case .testSend:
      let events = try event(try arguments.bytes(0).bytes, at: arguments[1], harness)
      return .wait { [self] in
        await send(events)
        return []
      }
    case .testAdvance:
      let span = try arguments.duration(0)
      return .wait { [self] in
        await advance(by: span)
        return []
      }
    case .testFixture: return try fixture(arguments)
    case .testMockEvents:
      guard let texts = arguments[0].elements else { throw arguments.wrong(0, "list of events") }
      try harness.mocks.mockEvents(texts.compactMap(\.string))
      return .values([])
    case .testMockHTTP:
      let method = try method(arguments)
      let url = try arguments.string(1, "URL")
      guard Origin(url) != nil else {
        throw Arguments.Mistake("t:mock_http: \"\(url)\" is no http or https URL; no call would meet it")
      }
      var response = try response(arguments)
      if response["status"].isNil { response.pairs.append((.string("status"), .integer(200))) }
      if response["headers"].isNil { response.pairs.append((.string("headers"), .table(LuaTable()))) }
      if response["body"].isNil { response.pairs.append((.string("body"), .text(""))) }
      harness.mocks.mockHTTP(method, url, .table(response))
      return .values([])
    case .testMockAPI:
      let response = arguments[2].isNil ? nil : try arguments.bytes(2)
      let path = try arguments.string(1, "path")
      guard path.hasPrefix("/") else {
        throw Arguments.Mistake("t:mock_api: \"\(path)\" is no path such as \"/files/123\"; no call would meet it")
      }
      harness.mocks.mockAPI(try method(arguments), path, response)
      return .values([])
    default:
      return .wait { [self] in
        await flush()
        await advance(by: .zero)
        return try await look(function, arguments)
      }
    }
  }

  /// Of a mocked call: only the box module's own will ever meet it.
  private func method(_ arguments: Arguments) throws -> String {
    let method = try arguments.string(0, "method")
    let known = ["GET", "POST", "PUT", "DELETE"]
    guard known.contains(method.uppercased()) else {
      throw Arguments.Mistake(
        "\(arguments.function): the method must be one of \(known.joined(separator: ", ")), got \"\(method)\"")
    }
    return method
  }

  private func response(_ arguments: Arguments) throws -> LuaTable {
    let response = try arguments.table(2)
    try response.check(["status", "headers", "body", "json"])
    if let status = try response.integer("status"), !(100...599).contains(status) {
      throw Arguments.Mistake("\(arguments.function): status must be 100 to 599, got \(status)")
    }
    if !response["headers"].isNil {
      _ = try Arguments(function: arguments.function, values: [response["headers"]]).table(0)
    }
    _ = try response.bytes("body")
    return response.table
  }

  private func look(_ function: HostFunction, _ arguments: Arguments) async throws -> [LuaValue] {
    guard let harness else { return [] }
    switch function {
    case .testAlerts:
      let kind = try arguments.string(0)
      return [.array(harness.alerts.filter { $0.kind.rawValue == kind }.map { .text($0.jsonLine) })]
    case .testWebhooks:
      return [
        .array(harness.webhooks.map { .table(LuaTable(["url": .text($0.url), "body": .text($0.body)])) })
      ]
    case .testExecs:
      return [
        .array(
          harness.commands.map { command in
            var table = LuaTable(
              command.arguments.enumerated().map { (.integer(Int64($0.offset + 1)), .string(LuaString($0.element))) })
            if let input = command.standardInput { table.pairs.append((.string("stdin"), .string(LuaString(input)))) }
            return .table(table)
          })
      ]
    case .testErrors:
      if case .boolean(true) = arguments[0] {
        for index in harness.errors.indices { harness.errors[index].isExpected = true }
      }
      return [.array(harness.errors.map { .text($0.failure.failure.description) })]
    case .testNewChange:
      await rung(stream: "default", position: "0", receivedAt: now)
      take(takeResult())
      return []
    case .testFile:
      let path = try OutputPath(try arguments.string(0))
      return [try harness.mocks.readFile(path).map { .string(LuaString($0)) } ?? .nil]
    case .testKeyValue:
      let key = try arguments.string(0)
      return [memory.withKeyValues { $0.get(key, at: now) }.map { .string(LuaString($0)) } ?? .nil]
    case .testFiles:
      let names = harness.mocks.fileNames
      return [.text(names.isEmpty ? "none" : names.joined(separator: ", "))]
    default: return []
    }
  }

  private func fixture(_ arguments: Arguments) throws -> HostReply {
    let name = try arguments.string(0, "file name")
    guard !name.hasPrefix("/"), !name.split(separator: "/").contains("..") else {
      throw Arguments.Mistake("t:fixture: \"\(name)\" must be a file below fixtures/ beside the rule file")
    }
    do {
      return .values([.string(LuaString(try FileSystem.read("\(source.folder)/fixtures/\(name)")))])
    } catch {
      throw Arguments.Mistake("t:fixture: \(error)")
    }
  }

  // MARK: Events of a test

  /// Fills in what an event lacks: type, id, time.
  private func event(_ text: [UInt8], at time: LuaValue, _ harness: TestHarness) throws -> Events {
    let given: Events
    do {
      given = try Events(event: PaddedBytes(text))
    } catch {
      throw Arguments.Mistake("t:send: \(error)")
    }
    guard let event = given.entries.first, event.flaw == nil, text.first == UInt8(ascii: "{") else {
      throw Arguments.Mistake("t:send takes an event: a table with fields such as event_type")
    }
    let moment: Timestamp
    switch time {
    case .nil: moment = now
    case .integer(let seconds): moment = try Self.moment(Double(seconds), harness)
    case .number(let seconds): moment = try Self.moment(seconds, harness)
    case .string(let text):
      guard let parsed = RelativeTime.parse(text.text, now: now) else {
        throw Arguments.Mistake(
          "t:send: at = \"\(text.text)\" is no time; it takes seconds since the start, or RFC 3339")
      }
      moment = parsed
    default: throw Arguments.Mistake("t:send: at must be seconds since the start or a time, got \(time.typeName)")
    }
    var added: [String] = []
    if event["type"] == nil { added.append("\"type\":\"event\"") }
    if event.id == nil { added.append("\"event_id\":\"test-\(harness.nextID())\"") }
    if event["created_at"] == nil || !time.isNil {
      added.append("\"created_at\":\"\(moment)\"")
    }
    guard !added.isEmpty else { return given }
    // Behind what is there: of members that stand twice the last counts.
    var filled = text
    while filled.last != UInt8(ascii: "}") { filled.removeLast() }
    filled.removeLast()
    let isEmpty = event["type"] == nil && filled.dropFirst().allSatisfy { $0 <= 0x20 }
    filled += Array(((isEmpty ? "" : ",") + added.joined(separator: ",") + "}").utf8)
    return try Events(event: PaddedBytes(filled))
  }

  /// - Parameter seconds: since the start, within some ten thousand years.
  private static func moment(_ seconds: Double, _ harness: TestHarness) throws -> Timestamp {
    guard abs(seconds) < 2.5e11 else { throw Arguments.Mistake("t:send: at = \(seconds) is no time of this era") }
    return harness.start + .seconds(seconds)
  }

  private func send(_ events: Events) async {
    guard let harness else { return }
    if harness.random != nil {
      harness.held.append(events)
    } else {
      await deliver(events)
    }
  }

  /// With chaos: what was held is sent in another order, every third event twice.
  private func flush() async {
    guard let harness, var random = harness.random, !harness.held.isEmpty else { return }
    var events = harness.held
    harness.held = []
    for event in events where Int.random(in: 0..<3, using: &random) == 0 { events.append(event) }
    events.shuffle(using: &random)
    harness.random = random
    for event in events { await deliver(event) }
  }

  private func deliver(_ events: Events) async {
    guard let harness, let event = events.entries.first, harness.isFresh(event) else { return }
    let view = EventPageView(events: events, fresh: [0], stream: "default", isReplayed: false, types: types)
    if let time = timeToReach(0, of: view) { await advance(to: time) }
    eventInState = nil
    for index in handlers(ofType: view.types[0]) {
      _ = await handle(EventInHand(view: view, index: 0), handlers[index])
    }
    state?.pageDone()
    take(takeResult())
  }

  private func advance(by span: Duration) async {
    await flush()
    await advance(to: now + span)
    take(takeResult())
  }

  private func take(_ result: WorkResult) {
    guard let harness else { return }
    for outcome in result.outcomes {
      if let failure = outcome.failure { harness.errors.append((failure, false)) }
      for effect in outcome.effects {
        switch effect {
        case .alert(let record, _): harness.alerts.append(record)
        case .webhook(let url, let body, _): harness.webhooks.append((url, String(decoding: body, as: UTF8.self)))
        case .exec(let command, _): harness.commands.append(command)
        case .append, .write: harness.mocks.deliver(effect)
        }
      }
    }
  }

  // MARK: Running

  /// Runs one registered test. Returns what failed, and what was logged.
  func runTest(_ index: Int, start: Timestamp, mocks: MockServices, chaosSeed: UInt64?) async -> (
    [RuleTestFailure], [String]
  ) {
    let test = tests[index]
    let harness = TestHarness(start: start, mocks: mocks, chaosSeed: chaosSeed)
    self.harness = harness
    defer { self.harness = nil }
    take(await self.start())
    var failures: [RuleTestFailure] = []
    do {
      guard let state, let keepTest else { throw LuaFailure(.internal, "the rule file is not loaded") }
      let scope = HandlerScope(identity: "test")
      scope.isTest = true
      _ = try await state.call(keepTest, arguments: [.function(test.function)], cpu: .seconds(10)) { current = scope }
      await flush()
    } catch let failure as LuaFailure {
      failures.append(self.failure(failure, of: test))
    } catch {
      failures.append(RuleTestFailure(message: "\(error)", file: test.file, line: test.line))
    }
    for (failure, isExpected) in harness.errors where !isExpected {
      failures.append(
        self.failure(failure.failure, of: test, prefix: "handler \(failure.handler) failed: "))
    }
    if failures.isEmpty {
      for call in mocks.unmocked {
        failures.append(
          RuleTestFailure(message: "\(call) was called, but not mocked", file: test.file, line: test.line))
      }
    }
    return (failures, harness.log)
  }

  private func failure(_ failure: LuaFailure, of test: RegisteredTest, prefix: String = "") -> RuleTestFailure {
    var file = test.file
    var line = test.line
    if let location = failure.location, let colon = location.lastIndex(of: ":") {
      file = String(location[..<colon])
      line = Int(location[location.index(after: colon)...]) ?? 0
    }
    let problem = RuleProblem(failure.message, in: file)
    return RuleTestFailure(
      message: prefix + problem.message, file: file, line: problem.line > 0 ? problem.line : line,
      traceback: failure.traceback ?? "")
  }
}
