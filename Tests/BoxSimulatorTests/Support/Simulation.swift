import Synchronization
import Testing

@testable import BoxSimulator

/// A page of events as a test looks at it.
struct TestPage {
  var json: JSON
  var text: String

  var events: [JSON] { json["entries"].values }
  var ids: [String] { events.compactMap { $0["event_id"].string } }
  var types: [String] { events.compactMap { $0["event_type"].string } }

  /// `next_stream_position` as the text that goes into the next request.
  var position: String {
    let position = json["next_stream_position"]
    return position.string ?? position.integer.map { String($0) } ?? ""
  }
}

/// A running simulator and a client for it.
struct Simulation {
  let simulator: BoxSimulator
  let http: RawHTTP

  /// Runs a simulator for as long as `body` takes.
  static func run(
    _ configuration: BoxSimulator.Configuration = .with { _ in }, _ body: (Simulation) async throws -> Void
  ) async throws {
    let simulator = try BoxSimulator(configuration)
    try await simulator.withRunning { baseURL in
      try await body(Simulation(simulator: simulator, http: RawHTTP(baseURL: baseURL)))
    }
  }

  /// A request with a token.
  func reply(_ method: String, _ target: String, headers: [String: String] = [:]) async throws -> Reply {
    let headers = headers.merging(["Authorization": "Bearer T"]) { given, _ in given }
    return try #require(try await http.send(method, target, headers: headers))
  }

  func page(_ query: String = "", headers: [String: String] = [:]) async throws -> TestPage {
    let reply = try await reply("GET", "/2.0/events" + (query.isEmpty ? "" : "?\(query)"), headers: headers)
    try #require(reply.status == 200, "\(reply.text)")
    return TestPage(json: try JSON(reply.body), text: reply.text)
  }

  /// All pages from a position until one is empty, or the position does not move any more.
  func pages(_ query: String, from position: String = "0", headers: [String: String] = [:]) async throws -> [TestPage] {
    var pages: [TestPage] = []
    var position = position
    while true {
      let page = try await page("\(query)&stream_position=\(position)", headers: headers)
      if page.events.isEmpty || page.position == position { return pages }
      pages.append(page)
      position = page.position
    }
  }

  func post(_ target: String, _ body: String, headers: [String: String] = [:]) async throws -> Reply {
    try #require(try await http.send("POST", target, headers: headers, body: body))
  }

  /// Sets faults over the control endpoint.
  func setFaults(_ body: String) async throws {
    let reply = try await post("/_simulator/faults", body)
    try #require(reply.status == 200, "\(reply.text)")
  }

  /// The path and query of a channel that OPTIONS hands out.
  func channel(_ streamType: String = "all", headers: [String: String] = [:]) async throws -> String {
    let reply = try await reply("OPTIONS", "/2.0/events?stream_type=\(streamType)", headers: headers)
    let url = try #require(try JSON(reply.body)["entries"][0]["url"].string)
    return try #require(url.firstRange(of: "/realtime").map { String(url[$0.lowerBound...]) })
  }

  /// Returns when so many polls wait.
  func untilPollsOpen(_ count: Int) async {
    while simulator.statistics.pollsOpen != count { await Task.yield() }
  }
}

/// A clock that a test sets.
final class TestClock: Sendable {
  private let time: Mutex<Int64>

  /// - Parameter time: RFC 3339.
  init(_ time: String) {
    self.time = Mutex((Timestamp.secondsSince1970(time) ?? 0) * 1_000_000)
  }

  @Sendable func now() -> Int64 {
    time.withLock { $0 }
  }

  func advance(seconds: Int64) {
    time.withLock { $0 += seconds * 1_000_000 }
  }
}

extension BoxSimulator.Configuration {
  /// A configuration under which nothing is generated unless `configure` asks for it.
  static func with(_ configure: (inout Self) -> Void) -> Self {
    var configuration = Self()
    configuration.backlog = 0
    configure(&configuration)
    return configuration
  }
}
