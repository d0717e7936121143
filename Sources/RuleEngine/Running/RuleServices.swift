import BoxClient
import Delivery
import LuaHost

/// What a rule file needs of its surroundings. `run` carries it out, `replay` answers from a file, tests mock it.
public protocol RuleServices: Sendable {
  /// One page of events. `query` is Box's, checked.
  func getEvents(_ query: EventQuery) async throws -> QueriedEvents
  /// - Parameter stream: the stream of the event in hand, whose account is asked; nil for calls without an event.
  func getRealtimeServers(stream: String?) async throws -> LuaValue
  /// Any endpoint of the Box API; the answer's JSON decoded.
  func api(_ request: APIRequest) async throws -> LuaValue
  func http(_ request: HTTPRequest) async throws -> LuaValue
  func log(_ line: RuleLogLine)
  /// What was delivered to a file; nil where there is none.
  func readFile(_ path: OutputPath) throws -> [UInt8]?
  /// Throws where the path leads through a symbolic link, or to something that is no file.
  func checkFile(_ path: OutputPath) throws
  func hasSecret(_ name: String) -> Bool
  func position(of stream: String) -> String?
}

public struct EventQuery: Sendable {
  public var parameters: GetEventsQueryParams
  /// The stream of the event in hand, whose account is asked; nil for calls without an event.
  public var stream: String?
}

/// A page that a query brought.
public struct QueriedEvents: Sendable {
  public let events: Events
  public init(_ events: Events) { self.events = events }
}

public struct APIRequest: Sendable {
  /// As in ``EventQuery/stream``.
  public let stream: String?
  public let method: String
  public let path: String
  public let query: [(name: String, value: String)]
  /// JSON text.
  public let body: [UInt8]?
  /// The same for every attempt at this call.
  public let idempotencyKey: String
}

public struct HTTPRequest: Sendable {
  public let method: String
  public let url: String
  public let headers: [(name: String, value: LuaValue)]
  public let body: [UInt8]?
  public let isJSON: Bool
  public let timeout: Duration?
  /// The same for every attempt at this call.
  public let idempotencyKey: String
}

/// A line of a rule's log.
public struct RuleLogLine: Sendable {
  public enum Level: String, Sendable { case debug, info, warn, error }
  public let level: Level
  public let file: String
  public let text: String

  public init(level: Level, file: String, text: String) {
    self.level = level
    self.file = file
    self.text = text
  }
}

/// An error of a query, as scripts see it: a table with `message`, and `status`, `code`, `request_id` where Box sent them.
public struct QueryError: Error, Sendable {
  public var message: String
  public var status: Int?
  public var code: String?
  public var requestID: String?
  /// Whether the same query may succeed later: the network, a server's fault, too many calls.
  public var mayPass: Bool

  public init(
    _ message: String, status: Int? = nil, code: String? = nil, requestID: String? = nil, mayPass: Bool = false
  ) {
    self.message = message
    self.mayPass = mayPass
    self.status = status
    self.code = code
    self.requestID = requestID
  }

  var value: LuaValue {
    var table = LuaTable(["message": .text(message)])
    if let status { table.pairs.append((.string("status"), .integer(Int64(status)))) }
    if let code { table.pairs.append((.string("code"), .text(code))) }
    if let requestID { table.pairs.append((.string("request_id"), .text(requestID))) }
    return .table(table)
  }
}
