import BoxClient
import LuaHost

/// `--mock FILE.lua`: answers a replay's queries. The file returns a table:
///
/// ```lua
/// return {
///   events = { { event_type = "DOWNLOAD", … } },                    -- or a function of the query
///   api = { ["GET /files/1"] = { name = "a.txt" } },
///   http = { ["GET https://example.com/"] = { status = 200, body = "" } },
/// }
/// ```
///
/// In place of `api`, of `http` and of each of their answers a function of the request may stand.
public actor MockFile {
  private let path: String
  private nonisolated let thread = LuaThread()
  private var state: LuaState?
  private var ask: LuaFunction?

  public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  public init(path: String) { self.path = path }

  // Whoever lets go of it last: a Lua state ends on the thread that it began on.
  isolated deinit {}

  /// Turns what the file returns into one function that answers with JSON text.
  private static let prelude = #"""
    local host, box = ...
    function box.answerer(answers)
      if type(answers) ~= "table" then host.fail("the mock file must return a table with events, api or http") end
      for name, value in pairs(answers) do
        if name ~= "events" and name ~= "api" and name ~= "http" then
          host.fail("the mock file returns a table with events, api and http, not " .. tostring(name))
        end
        if type(value) ~= "table" and type(value) ~= "function" then
          host.fail("the mock file's " .. name .. " must be a table or a function, got " .. type(value))
        end
      end
      return function(kind, key, query)
        local answer = answers[kind]
        if type(answer) == "function" then
          answer = answer(query)
        elseif kind ~= "events" then
          answer = type(answer) == "table" and answer[key] or nil
          if type(answer) == "function" then answer = answer(query) end
        end
        if answer == nil then return nil end
        if kind == "events" then
          local list = answer.entries or answer
          local texts = {}
          for i, event in ipairs(list) do
            -- Two events that are alike would be one that Box repeats.
            if type(event) == "table" and event.event_id == nil then event.event_id = "mock-" .. i end
            texts[i] = box.json.encode(event)
          end
          return '{"chunk_size":' .. #texts .. ',"next_stream_position":"mock-end","entries":[' .. table.concat(texts, ",") .. "]}"
        end
        if kind == "http" and type(answer) == "table" then
          local headers = {}
          for name, value in pairs(answer.headers or {}) do headers[tostring(name):lower()] = value end
          local body = answer.json ~= nil and box.json.encode(answer.json) or answer.body or ""
          answer = { status = answer.status or 200, headers = headers, body = body }
        end
        return box.json.encode(answer)
      end
    end
    """#

  /// Reads the file. Throws ``RuleProblemError``, ``RuleSourceError``.
  public func load() async throws {
    do {
      let state = try LuaState { _ in .error(.text("a mock file cannot call this")) }
      try state.runPrelude(Self.prelude)
      try state.seal(seed: 1)
      state.allowsNewGlobals = true
      let chunk = try state.load(try FileSystem.read(path), name: path)
      let wrap = try state.load(Array("return box.answerer(...)".utf8), name: "mock")
      let answers = try await state.call(chunk, cpu: .seconds(2))
      // Functions of the file stay functions on their way through the host.
      let made = try await state.call(wrap, arguments: answers, cpu: .seconds(2))
      guard case .function(let function)? = made.first else {
        throw RuleProblemError(
          problem: RuleProblem(file: path, line: 0, severity: .error, message: "the mock file must return a table"))
      }
      ask = function
      self.state = state
    } catch let failure as LuaFailure {
      throw RuleProblemError(problem: RuleProblem(failure.description, in: path))
    }
  }

  private func answer(_ kind: String, _ key: String, _ query: LuaValue = .nil) async throws -> [UInt8] {
    guard let state, let ask else { throw QueryError("the mock file is not loaded") }
    do {
      let results = try await state.call(ask, arguments: [.text(kind), .text(key), query], cpu: .seconds(2))
      guard case .string(let text)? = results.first else {
        throw QueryError("\(path) has no answer for \(kind) \(key)")
      }
      return text.bytes
    } catch let failure as LuaFailure {
      throw QueryError("\(failure)")
    }
  }

  func events(_ query: EventQuery) async throws -> Events {
    let parameters = query.parameters
    if parameters.streamPosition?.text.hasPrefix("mock-") == true {
      return try Events(
        page: PaddedBytes("{\"chunk_size\":0,\"next_stream_position\":\"mock-end\",\"entries\":[]}".utf8))
    }
    var table = LuaTable()
    func put(_ name: String, _ value: String?) {
      if let value { table.pairs.append((.string(LuaString(name)), .text(value))) }
    }
    put("stream_type", parameters.streamType?.rawValue)
    put("stream_position", parameters.streamPosition?.text)
    put("event_type", parameters.eventType?.joined(separator: ","))
    put("created_after", parameters.createdAfter?.description)
    put("created_before", parameters.createdBefore?.description)
    if let limit = parameters.limit { table.pairs.append((.string("limit"), .integer(Int64(limit)))) }
    return try Events(page: PaddedBytes(try await answer("events", "", .table(table))))
  }

  func api(_ request: APIRequest) async throws -> LuaValue {
    var query = LuaTable()
    for (name, value) in request.query { query.pairs.append((.string(LuaString(name)), .text(value))) }
    var asked = LuaTable(["method": .text(request.method), "path": .text(request.path), "query": .table(query)])
    if let body = request.body { asked.pairs.append((.string("body"), .string(LuaString(body)))) }
    return .json(LuaString(try await answer("api", "\(request.method) \(request.path)", .table(asked))))
  }

  func http(_ request: HTTPRequest) async throws -> LuaValue {
    var asked = LuaTable(["method": .text(request.method), "url": .text(request.url)])
    if let body = request.body { asked.pairs.append((.string("body"), .string(LuaString(body)))) }
    return .json(LuaString(try await answer("http", "\(request.method) \(request.url)", .table(asked))))
  }
}
