/// What the simulator has done since its start or its last reset.
public struct SimulatorStatistics: Sendable, Equatable {
  /// Answers by endpoint and HTTP status. Status 0 counts requests that got no answer (`stall`, `drop`, or a client
  /// that hung up while its poll waited).
  public internal(set) var requests: [Endpoint: [Int: Int]] = [:]
  /// 200 answers of GET /2.0/events, and the events in them, repeated ones included.
  public internal(set) var pagesServed = 0
  public internal(set) var eventsServed = 0
  /// Faults that happened, by kind.
  public internal(set) var faults: [FaultKind: Int] = [:]
  /// Polls of the real-time server that wait at this moment.
  public internal(set) var pollsOpen = 0
  public internal(set) var tokensIssued = 0
  /// Events in the history, and how many of them user and enterprise streams show.
  public internal(set) var eventsHeld = 0
  public internal(set) var userEventsHeld = 0
  public internal(set) var enterpriseEventsHeld = 0
  /// The most calls of the API (OPTIONS, GET /2.0/events, users/me) in any 60 seconds: Box allows 1,000 a user
  /// (PROTOCOL.md §5, "Limits").
  public internal(set) var maxRequestsPerMinute = 0

  /// Answers of an endpoint, whatever their status.
  public func requestCount(_ endpoint: Endpoint) -> Int {
    requests[endpoint, default: [:]].values.reduce(0, +)
  }

  mutating func count(_ endpoint: Endpoint, status: Int) {
    requests[endpoint, default: [:]][status, default: 0] += 1
  }
}
