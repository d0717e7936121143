import BoxClient
import BoxSimulator
import Testing

@testable import EventFeed

/// A running simulator and feeds of it over real sockets.
struct FeedSimulation {
  let simulator: BoxSimulator
  let client: BoxClient

  /// Runs `body` beside a simulator that holds the given events and nothing else.
  /// - Parameter patience: when a call without an answer is given up, a long poll too.
  static func run(
    events count: Int = 0, patience: Duration = .seconds(30),
    _ configure: (inout BoxSimulator.Configuration) -> Void = { _ in },
    _ body: (FeedSimulation) async throws -> Void
  ) async throws {
    var configuration = BoxSimulator.Configuration()
    configuration.events = Self.texts(0..<count)
    configuration.slowDelay = .milliseconds(5)
    configure(&configuration)
    let simulator = try BoxSimulator(configuration)
    try await simulator.withRunning { baseURL in
      try await ImpatientTransport.withTransport(patience: patience) { transport in
        try await body(FeedSimulation(simulator: simulator, client: Self.client(of: baseURL, over: transport)))
      }
    }
  }

  private static func client(of baseURL: String, over transport: ImpatientTransport) throws -> BoxClient {
    let budget = CallBudget(callsPerMinute: 0)
    // One attempt a call: that it is made again is the feed's doing.
    let limits = RetryLimits(attempts: 1)
    let endpoint = TokenEndpoint(apiURL: baseURL, transport: transport, budget: budget, limits: limits)
    let credentials = ClientCredentials(
      clientID: "c", clientSecret: Secret("s"), subject: .enterprise("1"), endpoint: endpoint)
    return try BoxClient(
      apiURL: baseURL, tokens: TokenKeeper(credentials), transport: transport, budget: budget, limits: limits)
  }

  /// Events that every stream shows, with the ids `e0`, `e1`…
  static func texts(_ numbers: Range<Int>) -> [String] {
    numbers.map { #"{"event_id":"e\#($0)","event_type":"ITEM_UPLOAD","created_at":"2026-01-05T09:14:00Z"}"# }
  }

  static func ids(_ numbers: Range<Int>) -> [String] {
    numbers.map { "e\($0)" }
  }

  /// A feed whose pauses are a few milliseconds.
  func feed(
    _ streamType: WatchedStream = .all, from start: FeedStart = .position(.beginning), pageSize: Int = 20,
    seen: SeenEvents = SeenEvents()
  ) -> EventFeed {
    var configuration = EventFeed.Configuration(streamType: streamType, start: start)
    configuration.pageSize = pageSize
    configuration.timing = .brief
    return EventFeed(client: client, configuration: configuration, seen: seen)
  }

  /// Where the stream stands, as Box says it. Asked until it is answered: a busy machine may outlast the patience.
  func currentPosition(_ streamType: WatchedStream) async throws -> StreamPosition? {
    while true {
      do {
        return try await client.events.getEvents(queryParams: .init(streamType: streamType, streamPosition: .now))
          .nextStreamPosition
      } catch let fault as NetworkFault where fault.kind == .timedOut {
        continue
      }
    }
  }

  /// Adds the events with these numbers, which rings the polls that are held.
  func append(_ numbers: Range<Int>) throws {
    try simulator.append(Self.texts(numbers))
  }

  /// The next GETs of events are answered with an empty page and position 0.
  func lieOfEmptiness(_ count: Int) {
    simulator.setFaults([Fault(.emptyZeroPosition, .count(count))])
  }

  /// Returns when so many polls wait.
  func untilPollsOpen(_ count: Int) async throws {
    while simulator.statistics.pollsOpen != count {
      try Task.checkCancellation()
      await Task.yield()
    }
  }
}

extension FeedTiming {
  static var brief: FeedTiming {
    var timing = FeedTiming()
    timing.backoff = .milliseconds(1)
    timing.backoffCap = .milliseconds(8)
    timing.dryPause = .milliseconds(1)
    timing.emptyDoorbellCap = .milliseconds(4)
    timing.streamingInterval = .milliseconds(4)
    timing.adminLogsInterval = .milliseconds(4)
    return timing
  }
}

/// Sockets, but in the pace of a test: what Box would hold for ten minutes is given up after a moment, and a
/// `Retry-After` in seconds is not waited for.
final class ImpatientTransport: HTTPTransport {
  private let transport: PooledTransport
  private let patience: Duration

  private init(patience: Duration) {
    transport = PooledTransport(idleTimeout: patience)
    self.patience = patience
  }

  static func withTransport(patience: Duration, _ body: (ImpatientTransport) async throws -> Void) async throws {
    let transport = ImpatientTransport(patience: patience)
    do {
      try await body(transport)
    } catch {
      try await transport.transport.shutdown()
      throw error
    }
    try await transport.transport.shutdown()
  }

  func send(_ call: HTTPCall) async throws -> HTTPAnswer {
    var call = call
    if case .whole(let patience) = call.patience { call.patience = .whole(min(patience, self.patience)) }
    let answer = try await transport.send(call)
    var headers = answer.headers
    if headers.contains(name: "retry-after") { headers.replaceOrAdd(name: "retry-after", value: "0") }
    return HTTPAnswer(status: answer.status, headers: headers, body: answer.body)
  }
}

/// What a feed has handed on.
struct Delivery {
  /// The new events' ids, in order.
  var ids: [String] = []
  /// What would be stored.
  var position: StreamPosition?
  var pages: [FeedPage] = []
  /// What was told beside the pages.
  var notices: [FeedNotice] = []

  mutating func take(_ page: FeedPage) {
    ids += page.freshEvents.map { $0.id ?? "" }
    if let position = page.position { self.position = position }
    pages.append(page)
  }
}

extension EventFeed {
  /// Reads until `isEnough` says so of a page and of all that came with it and before; then ends the feed.
  func read(until isEnough: (FeedPage, Delivery) throws -> Bool) async throws -> Delivery {
    var delivery = try await pages(until: isEnough)
    // With the notices the feed's calls have ended.
    for await notice in notices { delivery.notices.append(notice) }
    return delivery
  }

  private func pages(until isEnough: (FeedPage, Delivery) throws -> Bool) async throws -> Delivery {
    var delivery = Delivery()
    for try await page in self {
      delivery.take(page)
      if try isEnough(page, delivery) { return delivery }
    }
    throw FeedEnded()
  }

  /// Reads until the stream has been caught up with so many events.
  func read(_ count: Int) async throws -> Delivery {
    try await read { page, delivery in page.isCaughtUp && delivery.ids.count >= count }
  }

  struct FeedEnded: Error {}
}
