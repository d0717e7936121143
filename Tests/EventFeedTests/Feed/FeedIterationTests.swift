import BoxClient
import Synchronization
import Testing

@testable import EventFeed

@Suite("Iterating a feed")
struct FeedIterationTests {
  /// A stream without an end: every GET brings one new event and moves on.
  private static func endless() -> ScriptedTransport {
    ScriptedTransport { _, kind, number in
      switch kind {
      case .servers: ScriptedTransport.servers("https://realtime.example.com/s")
      case .events: ScriptedTransport.page(["e\(number)"], next: "\(number)")
      case .poll: try await ScriptedTransport.silence()
      }
    }
  }

  /// Pages of so many events each. A refusal ends the feed that asks for one before it may.
  private static func strict(events: Int, _ mayAsk: @escaping @Sendable (Int) -> Bool) -> ScriptedTransport {
    ScriptedTransport { _, kind, number in
      guard kind == .events else { return ScriptedTransport.servers("https://realtime.example.com/s") }
      guard mayAsk(number) else { return ScriptedTransport.answer(403) }
      return ScriptedTransport.page((0..<events).map { "e\(number) \($0)" }, next: "\(number)")
    }
  }

  @Test(
    "fetches one page ahead and not more", .timeLimit(.minutes(1)),
    arguments: [StreamType.all, .adminLogs])
  func onePageAhead(streamType: StreamType) async throws {
    let asked = Mutex(0)
    // Page n may be fetched when the consumer wants page n - 1.
    let transport = Self.strict(events: 50) { page in asked.withLock { $0 } >= page - 1 }
    let feed = EventFeed(
      client: try transport.client(),
      configuration: .init(streamType: streamType, start: .position(StreamPosition("1"))))
    var arrivals = transport.arrivals.makeAsyncIterator()
    let pages = feed.makeAsyncIterator()
    for round in 1...200 {
      // The next page has been asked for. A feed that ran further ahead would do so here.
      while transport.calls(.events).count < round { _ = await arrivals.next() }
      for _ in 0..<20 { await Task.yield() }
      asked.withLock { $0 = round }
      let page = try #require(try await pages.next())
      #expect(page.freshEvents.first?.id == "e\(round) 0")
    }
  }

  @Test(
    "asks nothing behind a small page before that is done with", .timeLimit(.minutes(1)),
    arguments: [StreamType.all, .adminLogsStreaming])
  func nothingAhead(streamType: StreamType) async throws {
    let done = Mutex(0)
    // Page n only when the consumer is done with page n - 1.
    let transport = Self.strict(events: 1) { page in done.withLock { $0 } >= page - 1 }
    var configuration = EventFeed.Configuration(streamType: streamType, start: .position(StreamPosition("1")))
    configuration.pollInterval = .milliseconds(1)
    let feed = EventFeed(client: try transport.client(), configuration: configuration)
    let pages = feed.makeAsyncIterator()
    for round in 1...200 {
      let page = try #require(try await pages.next())
      #expect(page.freshEvents.map(\.id) == ["e\(round) 0"])
      // A feed that ran ahead would do so here.
      for _ in 0..<20 { await Task.yield() }
      done.withLock { $0 = round }
    }
  }

  @Test("hands the next page on only when it is asked for", .timeLimit(.minutes(1)))
  func positionsBelongToPages() async throws {
    let feed = EventFeed(
      client: try Self.endless().client(), configuration: .init(streamType: .all, start: .position(.beginning)))
    var expected = 0
    for try await page in feed {
      expected += 1
      #expect(page.position == StreamPosition("\(expected)"))
      #expect(page.requestedPosition == StreamPosition("\(expected - 1)"))
      if expected == 20 { break }
    }
  }

  @Test("cancelling the consumer ends a held poll", .timeLimit(.minutes(1)))
  func cancelHeldPoll() async throws {
    try await FeedSimulation.run(events: 3) { simulation in
      let feed = simulation.feed()
      let consumer = Task {
        var ids: [String?] = []
        for try await page in feed { ids += page.freshEvents.map(\.id) }
        return ids
      }
      try await simulation.untilPollsOpen(1)
      consumer.cancel()
      // Cancelled, a feed ends; it does not fail.
      #expect(try await consumer.value == FeedSimulation.ids(0..<3))
      for await _ in feed.notices {}
      try await simulation.untilPollsOpen(0)
    }
  }

  @Test("leaving the loop ends the call for the page ahead", .timeLimit(.minutes(1)))
  func leaveLoop() async throws {
    let transport = ScriptedTransport { _, kind, number in
      guard kind == .events else { return ScriptedTransport.servers("https://realtime.example.com/s") }
      guard number == 1 else { return try await ScriptedTransport.silence() }
      return ScriptedTransport.page((0..<50).map { "e\($0)" }, next: "8")
    }
    let feed = EventFeed(
      client: try transport.client(),
      configuration: .init(streamType: .all, start: .position(StreamPosition("7"))))
    var arrivals = transport.arrivals.makeAsyncIterator()
    for try await _ in feed {
      while transport.calls(.events).count < 2 { _ = await arrivals.next() }
      break
    }
    // They end when the feed's last call has ended.
    for await _ in feed.notices {}
  }

  @Test(
    "cancelling the consumer ends a call under way", .timeLimit(.minutes(1)),
    arguments: [
      ScriptedTransport.Kind.servers, .events, .poll,
    ])
  func cancelCall(held: ScriptedTransport.Kind) async throws {
    let transport = ScriptedTransport { _, kind, _ in
      if kind == held { return try await ScriptedTransport.silence() }
      return kind == .servers
        ? ScriptedTransport.servers("https://realtime.example.com/s") : ScriptedTransport.page(next: "7")
    }
    let feed = EventFeed(
      client: try transport.client(),
      configuration: .init(streamType: .all, start: .position(StreamPosition("7"))))
    let consumer = Task {
      for try await _ in feed {}
    }
    for await call in transport.arrivals where ScriptedTransport.kind(of: call) == held { break }
    consumer.cancel()
    try await consumer.value
    // The feed's work is over when its notices are.
    for await _ in feed.notices {}
    #expect(transport.calls(held).count == 1)
  }

  @Test("a pause of a minute ends with the consumer", .timeLimit(.minutes(1)))
  func cancelPause() async throws {
    let transport = ScriptedTransport { _, _, _ in
      ScriptedTransport.answer(503, headers: [("Retry-After", "86400")])
    }
    let feed = EventFeed(
      client: try transport.client(),
      configuration: .init(streamType: .all, start: .position(StreamPosition("7"))))
    let consumer = Task {
      for try await _ in feed {}
    }
    for await notice in feed.notices {
      guard case .waiting(let pause, .callFailed, let error) = notice else { continue }
      #expect(pause == .seconds(86_400))
      #expect(error?.contains("503") == true)
      consumer.cancel()
    }
    try await consumer.value
    #expect(transport.calls(.servers).count == 1)
  }

  @Test("asked again after its cancellation a feed has ended and does not fail", .timeLimit(.minutes(1)))
  func askedAfterCancellation() async throws {
    let transport = Self.endless()
    let feed = EventFeed(
      client: try transport.client(),
      configuration: .init(streamType: .all, start: .position(StreamPosition("7"))))
    let afterwards = Task {
      let pages = feed.makeAsyncIterator()
      withUnsafeCurrentTask { $0?.cancel() }
      while try await pages.next() != nil {}
      // Not a child, so that it outlasts the cancellation: the feed's work is over when its notices are.
      await Task { for await _ in feed.notices {} }.value
      return try await pages.next() == nil
    }
    #expect(try await afterwards.value)
  }

  @Test("a stop ends the feed, its notices, and nothing is asked any more", .timeLimit(.minutes(1)))
  func stop() async throws {
    let transport = ScriptedTransport { _, kind, _ in
      kind == .servers ? ScriptedTransport.servers("https://realtime.example.com/s") : ScriptedTransport.answer(403)
    }
    let feed = EventFeed(
      client: try transport.client(),
      configuration: .init(streamType: .all, start: .position(StreamPosition("7"))))
    let stop = try await #require(throws: FeedStop.self) {
      for try await _ in feed {}
    }
    #expect(stop.reason == .forbidden)
    for await _ in feed.notices {}
    #expect(transport.calls(.events).count == 1)
    #expect(transport.calls(.poll).isEmpty)
  }
}
