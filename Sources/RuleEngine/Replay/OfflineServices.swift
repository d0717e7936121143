import BoxClient
import Delivery
import LuaHost

/// The surroundings of a replay: no connection. Queries are refused with a clear word, or answered by a mock file.
public struct OfflineServices: RuleServices {
  private let output: OutputDirectory?
  private let answers: MockFile?
  private let write: @Sendable (RuleLogLine) -> Void

  /// - Parameters:
  ///   - output: where files are; nil where none was delivered.
  ///   - answers: what answers queries.
  public init(output: OutputDirectory?, answers: MockFile?, log: @escaping @Sendable (RuleLogLine) -> Void) {
    self.output = output
    self.answers = answers
    write = log
  }

  private static func refusal(_ what: String) -> QueryError {
    QueryError("\(what): a replay asks nobody; --mock FILE.lua answers such calls")
  }

  public func getEvents(_ query: EventQuery) async throws -> QueriedEvents {
    guard let answers else { throw Self.refusal("box.get_events") }
    return QueriedEvents(try await answers.events(query))
  }

  public func getRealtimeServers(stream: String?) async throws -> LuaValue {
    throw Self.refusal("box.get_events_with_long_polling")
  }

  public func api(_ request: APIRequest) async throws -> LuaValue {
    guard let answers else { throw Self.refusal("box.api \(request.method) \(request.path)") }
    return try await answers.api(request)
  }

  public func http(_ request: HTTPRequest) async throws -> LuaValue {
    guard let answers else { throw Self.refusal("box.http \(request.method) \(request.url)") }
    return try await answers.http(request)
  }

  public func log(_ line: RuleLogLine) { write(line) }
  /// A replay sends nothing, so any name will do.
  public func hasSecret(_ name: String) -> Bool { true }
  public func position(of stream: String) -> String? { nil }
  public func readFile(_ path: OutputPath) throws -> [UInt8]? { try output?.read(path, limit: 16 << 20) }
  public func checkFile(_ path: OutputPath) throws { try output?.check(path) }
}
