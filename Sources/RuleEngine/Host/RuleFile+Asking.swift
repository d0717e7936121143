import BoxClient
import LuaHost

extension RuleFile {
  /// Queries: checked here, carried out by the surroundings while the script waits.
  func ask(_ function: HostFunction, _ arguments: Arguments, canWait: Bool) throws -> HostReply {
    if function == .checkQuery {
      let types = try query(arguments).parameters.eventType
      return .values([types.map { .array($0.map { .text($0) }) } ?? .nil])
    }
    guard !isLoading else {
      throw Arguments.Mistake("\(arguments.function) works inside handlers only, not while the file is loaded")
    }
    guard canWait else { throw Self.cannotWait(arguments.function) }
    let services = services
    let faults = current?.beginQuery()
    let stream = current?.event?.stream
    switch function {
    case .getEvents:
      let query = try query(arguments)
      // Asked again because an answer brought nothing new. Nothing waits while time is virtual.
      var pause = Duration.zero
      if case .boolean(true) = arguments[1], virtualNow == nil { pause = options.queryPause }
      return .wait { [pause] in
        try await Task.sleep(for: pause)
        let answer = try await Self.asking(faults) { try await services.getEvents(query) }
        return [Self.page(answer.events)]
      }
    case .getRealtimeServers:
      return .wait { [try await Self.asking(faults) { try await services.getRealtimeServers(stream: stream) }] }
    case .api:
      let request = try apiRequest(arguments)
      return .wait { [try await Self.asking(faults) { try await services.api(request) }] }
    default:
      let request = try httpRequest(arguments)
      return .wait { [try await Self.asking(faults) { try await services.http(request) }] }
    }
  }

  private static func asking<Answer>(
    _ faults: PassingFaults?, _ work: () async throws -> Answer
  ) async throws -> Answer {
    do {
      return try await work()
    } catch let error as QueryError {
      if error.mayPass { faults?.add(error.message) }
      throw ScriptError(error.value)
    }
  }

  private static func page(_ events: Events) -> LuaValue {
    var table = LuaTable(["entries": .page(LuaPage(events.page.page, owner: events.page))])
    if let count = events.chunkSize { table.pairs.append((.string("chunk_size"), .integer(Int64(count)))) }
    if let position = events.nextStreamPosition {
      table.pairs.append((.string("next_stream_position"), .text(position.text)))
    }
    return .table(table)
  }

  private func query(_ arguments: Arguments) throws -> EventQuery {
    let names = ["stream_type", "stream_position", "limit", "event_type", "created_after", "created_before", "max"]
    let options = try arguments.options(0, known: names)
    var parameters = GetEventsQueryParams()
    if let name = try options.string("stream_type") {
      guard let type = StreamType(rawValue: name) else {
        let known = StreamType.allCases.map(\.rawValue).joined(separator: ", ")
        throw Arguments.Mistake("\(arguments.function): stream_type \"\(name)\" is none of \(known)")
      }
      parameters.streamType = type
    }
    parameters.streamPosition = try options.string("stream_position").map { StreamPosition($0) }
    if let limit = try options.integer("limit") {
      guard (1...500).contains(limit) else {
        throw Arguments.Mistake("\(arguments.function): limit must be 1 to 500, got \(limit)")
      }
      parameters.limit = limit
    }
    parameters.eventType = try options.strings("event_type").map { names in
      names.flatMap { $0.split(separator: ",") }.flatMap {
        EventTypeNames.asked($0.filter { !$0.isWhitespace }, of: parameters.streamType ?? .all)
      }
    }
    for name in parameters.eventType ?? [] where doubtedTypes.count < 1000 && doubtedTypes.insert(name).inserted {
      if let warning = EventTypeNames.warning(asking: name, of: parameters.streamType ?? .all) {
        log(.warn, "\(arguments.function): \(warning)")
      }
    }
    parameters.createdAfter = try time("created_after", options)
    parameters.createdBefore = try time("created_before", options)
    if parameters.createdAfter != nil || parameters.createdBefore != nil, parameters.streamType != .adminLogs {
      let name = parameters.createdAfter != nil ? "created_after" : "created_before"
      throw Arguments.Mistake(
        "\(arguments.function): \(name) needs stream_type = \"admin_logs\": Box heeds it on no other stream")
    }
    return EventQuery(parameters: parameters, stream: current?.event?.stream)
  }

  private func time(_ name: String, _ options: Options) throws -> Timestamp? {
    guard let text = try options.string(name) else { return nil }
    guard let time = RelativeTime.parse(text, now: now) else {
      throw Arguments.Mistake(
        "\(options.function): \(name) must be RFC 3339 or relative such as \"-1h\", got \"\(text)\"")
    }
    return time
  }

  private func apiRequest(_ arguments: Arguments) throws -> APIRequest {
    let path = try arguments.string(0, "path")
    guard Self.isAPIPath(path) else {
      throw Arguments.Mistake(
        "\(arguments.function): \"\(path)\" is no path such as \"/files/123\"; it begins with / and holds no //, .., \\, @, # "
          + "or control character, percent-encoded or not")
    }
    var query: [(String, String)] = []
    if !arguments[1].isNil {
      for (key, value) in try arguments.table(1).table.pairs {
        guard case .string(let name) = key, let text = value.key else {
          throw Arguments.Mistake("\(arguments.function): the query must be a table of names and values")
        }
        query.append((name.text, text))
      }
    }
    query.sort { $0.0 < $1.0 }
    return APIRequest(
      stream: current?.event?.stream, method: Self.method(arguments), path: path, query: query,
      body: arguments[2].isNil ? nil : try arguments.bytes(2).bytes,
      idempotencyKey: queryKey())
  }

  /// `GET` of `box.api.get`.
  private static func method(_ arguments: Arguments) -> String {
    (arguments.function.split(separator: ".").last ?? "").uppercased()
  }

  /// Whether the path stays below the API's own. Servers decode a path before they walk it, so its encoded form counts as
  /// what it stands for.
  private static func isAPIPath(_ path: String) -> Bool {
    var meant = path
    for (encoded, character) in [("%2e", "."), ("%2f", "/"), ("%5c", "\\")] {
      meant = meant.replacing(encoded, with: character).replacing(encoded.uppercased(), with: character)
    }
    return path.hasPrefix("/") && !meant.contains("//") && !meant.contains("..")
      && !meant.unicodeScalars.contains { "\\@#".unicodeScalars.contains($0) || $0.value < 0x20 || $0.value == 0x7F }
  }

  private func httpRequest(_ arguments: Arguments) throws -> HTTPRequest {
    let url = try Self.url(arguments, arguments.function)
    let options = try arguments.options(1, known: ["json", "body", "headers", "timeout"])
    guard options["json"].isNil || options["body"].isNil else {
      throw Arguments.Mistake("\(arguments.function): json and body are two bodies; a call has one")
    }
    let timeout = try options.duration("timeout")
    guard timeout.map({ $0 > .zero }) ?? true else {
      throw Arguments.Mistake("\(arguments.function): timeout must be longer than zero")
    }
    let json = try options.bytes("json")
    var headers: [(String, LuaValue)] = []
    if !options["headers"].isNil {
      guard case .table(let table) = options["headers"] else { throw options.wrong("headers", "a table") }
      for (key, value) in table.pairs {
        guard case .string(let name) = key, Self.isHeaderName(name.text) else {
          throw Arguments.Mistake("\(arguments.function): a header's name must be letters, digits and hyphens")
        }
        if let text = value.key, text.utf8.contains(where: { $0 < 0x20 && $0 != 9 || $0 == 0x7F }) {
          throw Arguments.Mistake("\(arguments.function): the header \(name.text) holds a control character")
        }
        headers.append((name.text, value))
      }
    }
    return HTTPRequest(
      method: Self.method(arguments), url: url, headers: headers,
      body: try json ?? options.bytes("body"), isJSON: json != nil, timeout: timeout,
      idempotencyKey: queryKey())
  }

  private func queryKey() -> String {
    guard let current else { return "" }
    current.queries += 1
    return idempotencyKey(current, ordinal: "query \(current.queries)")
  }

  private static func isHeaderName(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
          || "!#$%&'*+-.^_`|~".utf8.contains(byte)
      }
  }
}
