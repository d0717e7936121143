import BoxClient
import Testing

@testable import EventFeed

@Suite("The backlog of a stream")
struct EventBacklogTests {
  private func read(_ backlog: EventBacklog, limit: Int = 20) async throws -> Delivery {
    var backlog = backlog
    var delivery = Delivery()
    while let page = try await backlog.nextPage(limit: limit) { delivery.take(page) }
    return delivery
  }

  @Test("is read to its end, every event once", .timeLimit(.minutes(1)), arguments: StreamType.allCases)
  func whole(streamType: StreamType) async throws {
    try await FeedSimulation.run(events: 90) { simulation in
      let backlog = EventBacklog(client: simulation.client, query: .init(streamType: streamType), timing: .brief)
      let delivery = try await read(backlog)
      #expect(delivery.ids == FeedSimulation.ids(0..<90))
      #expect(try await delivery.position == simulation.currentPosition(streamType))
      #expect(delivery.pages.last?.isCaughtUp == true)
      #expect(delivery.pages.dropLast().allSatisfy { !$0.isCaughtUp })
    }
  }

  @Test("goes on from a position, without what was seen", .timeLimit(.minutes(1)))
  func resumed() async throws {
    try await FeedSimulation.run(events: 90) { simulation in
      var first = EventBacklog(client: simulation.client, query: .init(streamType: .all), timing: .brief)
      let page = try #require(try await first.nextPage(limit: 50))
      let seen = SeenEvents(recent: page.freshEvents.map(\.digest))
      let rest = EventBacklog(
        client: simulation.client, query: .init(streamType: .all, streamPosition: page.position), seen: seen,
        timing: .brief)
      #expect(try await read(rest).ids == FeedSimulation.ids(50..<90))
    }
  }

  @Test("does not believe one empty answer with position 0", .timeLimit(.minutes(1)), arguments: StreamType.allCases)
  func emptyLie(streamType: StreamType) async throws {
    try await FeedSimulation.run(events: 30) { simulation in
      simulation.lieOfEmptiness(1)
      let backlog = EventBacklog(client: simulation.client, query: .init(streamType: streamType), timing: .brief)
      let delivery = try await read(backlog)
      #expect(delivery.ids == FeedSimulation.ids(0..<30))
    }
  }

  @Test("does not follow the position of an answer without entries", .timeLimit(.minutes(1)))
  func withoutEntries() async throws {
    let transport = ScriptedTransport { call, _, number in
      switch number {
      case 1: ScriptedTransport.answer(200, #"{"type":"error","next_stream_position":"9"}"#)
      case 2 where call.url.contains("stream_position=1&"): ScriptedTransport.page(["e1"], next: "5")
      default: ScriptedTransport.page([], next: "5")
      }
    }
    let query = GetEventsQueryParams(streamType: .all, streamPosition: StreamPosition("1"))
    let delivery = try await read(EventBacklog(client: try transport.client(), query: query, timing: .brief))
    #expect(delivery.ids == ["e1"])
  }

  @Test("ends on a stream where something happens all the time", .timeLimit(.minutes(1)))
  func busy() async throws {
    // Every second answer holds the event that has just happened, as on a busy admin_logs.
    let transport = ScriptedTransport { _, _, number in
      number.isMultiple(of: 2)
        ? ScriptedTransport.page([], next: "0") : ScriptedTransport.page(["e\(number)"], next: "\(number)")
    }
    let query = GetEventsQueryParams(streamType: .adminLogs, streamPosition: StreamPosition("1"))
    let delivery = try await read(EventBacklog(client: try transport.client(), query: query, timing: .brief))
    #expect(delivery.ids == ["e1", "e3", "e5"])
  }

  @Test("ends where all that comes is later than what was asked for", .timeLimit(.minutes(1)))
  func beyond() async throws {
    let transport = ScriptedTransport { _, _, number in
      // Box may heed the times on the first page alone.
      let entry = #"{"event_id":"e\#(number)","event_type":"UPLOAD","created_at":"2026-01-05T0\#(number):00:00Z"}"#
      return ScriptedTransport.answer(
        200, #"{"chunk_size":1,"next_stream_position":"\#(number)","entries":[\#(entry)]}"#)
    }
    let query = GetEventsQueryParams(streamType: .adminLogs, createdBefore: Timestamp("2026-01-05T03:00:00Z"))
    let delivery = try await read(EventBacklog(client: try transport.client(), query: query, timing: .brief))
    #expect(delivery.ids == ["e1", "e2", "e3", "e4"])
    #expect(delivery.pages.last?.isCaughtUp == true)
  }

  @Test("goes on over an empty page that moves while Box filters", .timeLimit(.minutes(1)))
  func filteredAway() async throws {
    let transport = ScriptedTransport { _, _, number in
      switch number {
      case 1: ScriptedTransport.page([], next: "5")
      case 2: ScriptedTransport.page(["e1"], next: "6")
      default: ScriptedTransport.page([], next: "6")
      }
    }
    let query = GetEventsQueryParams(
      streamType: .adminLogsStreaming, streamPosition: StreamPosition("1"), eventType: ["UPLOAD"])
    let backlog = EventBacklog(client: try transport.client(), query: query, timing: .brief)
    #expect(try await read(backlog).ids == ["e1"])
  }

  @Test("goes on over a few empty pages that move", .timeLimit(.minutes(1)))
  func moves() async throws {
    let transport = ScriptedTransport { _, _, number in
      switch number {
      case 1: ScriptedTransport.page(["e1"], next: "5")
      case 2, 3, 4: ScriptedTransport.page([], next: "\(4 + number)")
      case 5: ScriptedTransport.page(["e2"], next: "9")
      default: ScriptedTransport.page([], next: "9")
      }
    }
    let backlog = EventBacklog(client: try transport.client(), query: .init(streamType: .all), timing: .brief)
    #expect(try await read(backlog).ids == ["e1", "e2"])
  }

  @Test("finds the position in the middle of a page, and none where Box answers otherwise", .timeLimit(.minutes(1)))
  func middle() async throws {
    try await FeedSimulation.run(events: 40) { simulation in
      var backlog = EventBacklog(client: simulation.client, query: .init(streamType: .all), timing: .brief)
      let page = try #require(try await backlog.nextPage(limit: 40))
      let position = try #require(try await backlog.position(behind: 7, of: page))
      let rest = EventBacklog(
        client: simulation.client, query: .init(streamType: .all, streamPosition: position), timing: .brief)
      #expect(try await read(rest).ids == FeedSimulation.ids(7..<40))
    }
    let transport = ScriptedTransport { _, _, number in
      ScriptedTransport.page(number == 1 ? ["a", "b", "c"] : ["b", "a"], next: "\(number)")
    }
    var odd = EventBacklog(client: try transport.client(), query: .init(streamType: .all), timing: .brief)
    let page = try #require(try await odd.nextPage())
    #expect(try await odd.position(behind: 2, of: page) == nil)
  }

  @Test("has ended for good once it has been caught up", .timeLimit(.minutes(1)))
  func ended() async throws {
    try await FeedSimulation.run(events: 1) { simulation in
      var backlog = EventBacklog(client: simulation.client, query: .init(streamType: .all), timing: .brief)
      while try await backlog.nextPage() != nil {}
      try simulation.append(1..<2)
      #expect(try await backlog.nextPage() == nil)
    }
  }

  @Test("tells a failure, and can be asked again for the same page", .timeLimit(.minutes(1)))
  func failure() async throws {
    let transport = ScriptedTransport { _, _, number in
      number == 2
        ? ScriptedTransport.answer(503) : ScriptedTransport.page(number < 4 ? ["e\(number)"] : [], next: "\(number)")
    }
    var backlog = EventBacklog(client: try transport.client(), query: .init(streamType: .all), timing: .brief)
    _ = try await backlog.nextPage()
    await #expect(throws: BoxAPIError.self) { _ = try await backlog.nextPage() }
    let page = try #require(try await backlog.nextPage())
    #expect(page.requestedPosition == StreamPosition("1"))
    #expect(page.freshEvents.map(\.id) == ["e3"])
  }

  @Test("keeps the query's filters on every page and its own limit", .timeLimit(.minutes(1)))
  func query() async throws {
    let transport = ScriptedTransport { _, _, number in
      ScriptedTransport.page(number == 1 ? ["e"] : [], next: "8")
    }
    let backlog = EventBacklog(
      client: try transport.client(),
      query: .init(
        streamType: .adminLogs, limit: 3, eventType: ["UPLOAD", "DELETE"], createdAfter: Timestamp(seconds: 0)),
      timing: .brief)
    _ = try await read(backlog, limit: 77)
    let calls = transport.calls(.events)
    #expect(calls.count == 2)
    #expect(calls.allSatisfy { $0.url.contains("event_type=UPLOAD%2CDELETE") && $0.url.contains("limit=77") })
    #expect(!calls[0].url.contains("stream_position"))
    #expect(calls[1].url.contains("stream_position=8"))
  }
}
