import BoxClient
import Delivery
import LuaHost
import NIOHTTP1
import RuleEngine
import Synchronization

/// What rules ask for, carried out: Box, other hosts, files.
final class BoxServices: RuleServices {
  /// By stream: the account that the event in hand came from is asked.
  private let clients: [String: BoxClient]
  private let types: [String: StreamType]
  /// For calls without an event.
  private let standard: BoxClient
  private let http: GuardedHTTPClient
  /// Nil where there is none, and nothing was ever delivered.
  private let output: OutputDirectory?
  private let secrets: [String: BoundSecret]
  private let mayWrite: Bool
  /// Whether what changes something is logged instead of sent.
  private let isDryRun: Bool
  private let logLine: @Sendable (RuleLogLine) -> Void
  private let positions: @Sendable (String) -> String?

  /// The largest file that `box.file.read` gives, and the largest answer.
  private static let limit = 8 << 20

  init(
    streams: [WatchedStream], http: GuardedHTTPClient, output: OutputDirectory?, secrets: [String: BoundSecret],
    mayWrite: Bool, isDryRun: Bool,
    positions: @escaping @Sendable (String) -> String?, log: @escaping @Sendable (RuleLogLine) -> Void
  ) {
    clients = Dictionary(streams.map { ($0.name, $0.client) }) { $1 }
    types = Dictionary(streams.map { ($0.name, $0.streamType) }) { $1 }
    standard = streams[0].client
    self.http = http
    self.output = output
    self.secrets = secrets
    self.mayWrite = mayWrite
    self.isDryRun = isDryRun
    self.positions = positions
    logLine = log
  }

  private func client(_ stream: String?) -> BoxClient { stream.flatMap { clients[$0] } ?? standard }

  func getEvents(_ query: EventQuery) async throws -> QueriedEvents {
    try await asking { QueriedEvents(try await client(query.stream).events.getEvents(queryParams: query.parameters)) }
  }

  func getRealtimeServers(stream: String?) async throws -> LuaValue {
    try await asking {
      // Box refuses the type of an enterprise stream here; without one it gives the channel of `all`.
      let type = stream.flatMap { types[$0] }.flatMap { $0.isEnterprise ? nil : $0 }
      let servers = try await client(stream).events.getEventsWithLongPolling(streamType: type)
      let entries = servers.entries.map { server in
        LuaValue.table(
          LuaTable([
            "type": .text(server.type), "url": .text(server.url),
            // In minutes, as Box has it.
            "ttl": .integer(server.timeToLive.components.seconds / 60),
            "max_retries": .integer(Int64(server.maxRetries)),
            "retry_timeout": .integer(server.retryTimeout.components.seconds),
          ]))
      }
      return .table(LuaTable(["chunk_size": .integer(Int64(entries.count)), "entries": .array(entries)]))
    }
  }

  func api(_ request: APIRequest) async throws -> LuaValue {
    guard mayWrite || request.method == "GET" else {
      throw QueryError(
        "box.api.\(request.method.lowercased()): writing to Box is not allowed; `allow: { box_write: true }` in the "
          + "configuration allows it")
    }
    if isDryRun, request.method != "GET" {
      logLine(Self.dryRun("box.api", "\(request.method) \(request.path)"))
      return .nil
    }
    return try await asking {
      let headers = request.method == "GET" ? [:] : ["idempotency-key": request.idempotencyKey]
      let answer = try await client(request.stream).call(
        HTTPMethod(rawValue: request.method), request.path, query: request.query, body: request.body ?? [],
        headers: headers)
      guard answer.status != 204, answer.body.count > 0 else { return .nil }
      guard answer.body.count <= Self.limit else {
        throw QueryError("\(request.method) \(request.path): the answer is larger than \(Self.limit >> 20) MiB")
      }
      let body = LuaString(answer.body.withUnsafeBytes { Array($0) })
      let type = answer.headers.first(name: "content-type") ?? ""
      let isJSON = type.lowercased().hasPrefix("application/json") || type.lowercased().contains("+json")
      if isJSON { return .json(body) }
      return .table(LuaTable(["body": .string(body), "content_type": .text(type)]))
    }
  }

  func http(_ request: HTTPRequest) async throws -> LuaValue {
    var headers: [GuardedRequest.Header] = []
    for (name, value) in request.headers { headers.append(try header(name, value)) }
    if !headers.contains(where: { $0.name.lowercased() == "idempotency-key" }), request.method != "GET" {
      headers.append(.init("Idempotency-Key", request.idempotencyKey))
    }
    if request.isJSON, !headers.contains(where: { $0.name.lowercased() == "content-type" }) {
      headers.append(.init("Content-Type", "application/json"))
    }
    if isDryRun, request.method != "GET" {
      logLine(Self.dryRun("box.http", "\(request.method) \(request.url.prefix { $0 != "?" })"))
      return .table(
        LuaTable(["status": .integer(204), "headers": .table(LuaTable()), "body": .text("")]))
    }
    var call = GuardedRequest(request.method, try url(request.url), headers: headers, body: request.body ?? [])
    if let timeout = request.timeout { call.timeout = timeout }
    return value(try await send(call))
  }

  private static func dryRun(_ function: String, _ call: String) -> RuleLogLine {
    RuleLogLine(level: .info, file: function, text: "dry run: would send \(call)")
  }

  private func url(_ url: String) throws(QueryError) -> String {
    do {
      return try SecretURL.resolve(url, in: secrets)
    } catch {
      throw QueryError("box.http: \(error)")
    }
  }

  private func header(_ name: String, _ value: LuaValue) throws(QueryError) -> GuardedRequest.Header {
    guard case .secret(let secret) = value else { return GuardedRequest.Header(name, value.key ?? "") }
    guard let bound = secrets[secret] else { throw QueryError("box.http: there is no secret \"\(secret)\"") }
    return GuardedRequest.Header(name, bound)
  }

  private func send(_ call: GuardedRequest) async throws(QueryError) -> GuardedAnswer {
    do {
      return try await http.send(call)
    } catch {
      throw QueryError("box.http: \(error)", mayPass: error.passes)
    }
  }

  private func value(_ answer: GuardedAnswer) -> LuaValue {
    let headers = LuaTable(
      Dictionary(answer.headers.map { ($0.name, $0.value) }) { "\($0), \($1)" }.map {
        (.string(LuaString($0)), .text($1))
      })
    return .table(
      LuaTable([
        "status": .integer(Int64(answer.status)), "headers": .table(headers), "body": .string(LuaString(answer.body)),
      ]))
  }

  func log(_ line: RuleLogLine) { logLine(line) }
  func readFile(_ path: OutputPath) throws -> [UInt8]? { try output?.read(path, limit: Self.limit) }
  func checkFile(_ path: OutputPath) throws { try output?.check(path) }
  func hasSecret(_ name: String) -> Bool { secrets[name] != nil }
  func position(of stream: String) -> String? { positions(stream) }

  /// Box's refusals as scripts see them.
  private func asking<Answer>(_ work: () async throws -> Answer) async throws -> Answer {
    do {
      return try await work()
    } catch let refusal as BoxAPIError {
      // A refused token is the account's trouble, not the event's.
      throw QueryError(
        "\(refusal)", status: refusal.status, code: refusal.code, requestID: refusal.requestID,
        mayPass: refusal.passes || refusal.status == 401)
    } catch let failed as AuthenticationFailed {
      throw QueryError("\(failed)", status: failed.refusal.status, code: failed.refusal.code, mayPass: true)
    } catch let fault as NetworkFault {
      throw QueryError("\(fault)", mayPass: ![.invalidURL, .redirectRefused].contains(fault.kind))
    } catch let damaged as DamagedPage {
      throw QueryError("\(damaged)", mayPass: true)
    }
  }
}
