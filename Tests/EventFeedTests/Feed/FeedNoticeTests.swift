import BoxClient
import Testing

@testable import EventFeed

@Suite("A feed's notices")
struct FeedNoticeTests {
  private func feed(
    _ streamType: StreamType = .all, budget: CallBudget = CallBudget(callsPerMinute: 0),
    _ script: @escaping ScriptedTransport.Script
  ) throws -> EventFeed {
    var configuration = EventFeed.Configuration(streamType: streamType, start: .position(StreamPosition("7")))
    configuration.timing = .brief
    return EventFeed(client: try ScriptedTransport(script).client(budget: budget), configuration: configuration)
  }

  /// The notices up to the first that `isLast` takes, while the feed is read.
  private func notices(of feed: EventFeed, until isLast: (FeedNotice) -> Bool) async throws -> [FeedNotice] {
    let consumer = Task {
      for try await _ in feed {}
    }
    var notices: [FeedNotice] = []
    for await notice in feed.notices {
      notices.append(notice)
      if isLast(notice) { break }
    }
    consumer.cancel()
    try await consumer.value
    return notices
  }

  @Test("tell of the server's host, the listening and the doorbell, in that order", .timeLimit(.minutes(1)))
  func ordinary() async throws {
    let feed = try feed { _, kind, number in
      switch kind {
      case .servers: ScriptedTransport.servers("https://realtime.example.com/s?channel=secret")
      case .events: ScriptedTransport.page(number == 1 ? ["e"] : [], next: "8")
      case .poll: ScriptedTransport.message("new_change")
      }
    }
    let notices = try await notices(of: feed) { if case .newChange = $0 { true } else { false } }
    try #require(notices.count == 3)
    guard case .server(let origin) = notices[0], case .listening(let position) = notices[1],
      case .newChange(let change) = notices[2]
    else {
      Issue.record("the notices are \(notices)")
      return
    }
    #expect(origin?.description == "https://realtime.example.com")
    #expect(position == StreamPosition("8"))
    #expect(change.position == StreamPosition("8"))
  }

  @Test("tell of a page that lists fewer events than it counts", .timeLimit(.minutes(1)))
  func shortPage() async throws {
    let feed = try feed { _, _, _ in
      ScriptedTransport.answer(
        200, #"{"chunk_size":3,"next_stream_position":8,"entries":[{"event_id":"e","event_type":"ITEM_UPLOAD"}]}"#)
    }
    let notices = try await notices(of: feed) { if case .shortPage = $0 { true } else { false } }
    guard case .shortPage(let page) = notices.last else { return }
    #expect(page.listed == 1 && page.counted == 3)
    #expect(page.description.hasPrefix("Box sent a page of 1 event and says in its chunk_size that there are 3;"))
  }

  @Test("tell of a pause with its reason and with what failed", .timeLimit(.minutes(1)))
  func failure() async throws {
    let feed = try feed { _, kind, _ in
      kind == .servers
        ? ScriptedTransport.answer(503, headers: [("Retry-After", "3600")]) : ScriptedTransport.page(next: "7")
    }
    let notices = try await notices(of: feed) { if case .waiting = $0 { true } else { false } }
    guard case .waiting(let pause, .callFailed, let error?) = notices.last else {
      Issue.record("the notices are \(notices)")
      return
    }
    #expect(pause == .seconds(3600))
    #expect(error.contains("OPTIONS /2.0/events") && error.contains("503"))
  }

  @Test(
    "tell of longer and longer pauses where no real-time server is reached, and of short ones where each was",
    .timeLimit(.minutes(1)), arguments: [NetworkFault.Kind.unreachable, .broken])
  func failingPolls(kind: NetworkFault.Kind) async throws {
    var configuration = EventFeed.Configuration(streamType: .all, start: .position(StreamPosition("7")))
    configuration.timing = .brief
    // Every poll that reaches a server is a patient one.
    configuration.timing.patientPoll = .nanoseconds(1)
    let transport = ScriptedTransport { _, call, _ in
      switch call {
      case .servers: ScriptedTransport.servers("https://realtime.example.com/s")
      case .events: ScriptedTransport.page(next: "7")
      case .poll: throw NetworkFault(kind, "no")
      }
    }
    let feed = EventFeed(client: try transport.client(), configuration: configuration)
    var pauses: [Duration] = []
    _ = try await notices(of: feed) { notice in
      if case .waiting(let pause, .callFailed, _) = notice { pauses.append(pause) }
      return pauses.count == 4
    }
    #expect((pauses[3] > .milliseconds(1)) == (kind == .unreachable))
  }

  @Test("never hold the token or the channel of a server that refuses", .timeLimit(.minutes(1)))
  func secrets() async throws {
    let feed = try feed { _, kind, _ in
      switch kind {
      case .servers: ScriptedTransport.servers("https://realtime.example.com/s?channel=secret-channel")
      case .events: ScriptedTransport.page(next: "7")
      case .poll: ScriptedTransport.answer(429, headers: [("Retry-After", "3600")])
      }
    }
    let notices = try await notices(of: feed) { if case .waiting = $0 { true } else { false } }
    guard case .waiting(let pause, .callFailed, let error?) = notices.last else {
      Issue.record("the notices are \(notices)")
      return
    }
    #expect(pause == .seconds(3600))
    #expect(error.contains("429"))
    #expect(!"\(notices)".contains("secret-channel"))
    #expect(!"\(notices)".contains("Bearer"))
  }

  @Test("tell that no server was named", .timeLimit(.minutes(1)))
  func noServer() async throws {
    let feed = try feed { _, _, _ in ScriptedTransport.answer(200, #"{"chunk_size":0,"entries":[]}"#) }
    let notices = try await notices(of: feed) { if case .waiting = $0 { true } else { false } }
    guard case .server(nil) = notices.first, case .waiting(_, .noServer, nil) = notices.last else {
      Issue.record("the notices are \(notices)")
      return
    }
  }

  @Test("tell that an enterprise stream rests, and where", .timeLimit(.minutes(1)))
  func interval() async throws {
    let feed = try feed(.adminLogs) { _, _, number in
      ScriptedTransport.page(number == 1 ? ["e"] : [], next: number == 1 ? #""8""# : #""0""#)
    }
    let notices = try await notices(of: feed) { if case .waiting(_, .interval, _) = $0 { true } else { false } }
    try #require(notices.count == 3)
    guard case .waiting(_, .fewEvents, nil) = notices[0], case .listening(let position) = notices[1],
      case .waiting(let pause, .interval, nil) = notices[2]
    else {
      Issue.record("the notices are \(notices)")
      return
    }
    #expect(position == StreamPosition("8"))
    #expect(pause == .milliseconds(4))
  }

  @Test("tell that a doorbell waits for the call budget", .timeLimit(.minutes(1)))
  func callBudget() async throws {
    // OPTIONS, GET and poll use all of it up.
    let feed = try feed(budget: CallBudget(callsPerMinute: 3)) { _, kind, _ in
      switch kind {
      case .servers: ScriptedTransport.servers("https://realtime.example.com/s")
      case .events: ScriptedTransport.page(next: "7")
      case .poll: ScriptedTransport.message("new_change")
      }
    }
    let notices = try await notices(of: feed) { if case .waiting = $0 { true } else { false } }
    guard case .waiting(let pause, .callBudget, nil) = notices.last else {
      Issue.record("the notices are \(notices)")
      return
    }
    #expect(pause > .seconds(1))
  }
}
