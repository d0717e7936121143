import BoxClient
import BoxSimulator
import Testing

@testable import EventFeed

@Suite("A feed of a simulated Box")
struct FeedDeliveryTests {
  static let allStreams = WatchedStream.allCases

  @Test(
    "delivers every event once, in order, and ends where the stream stands", .timeLimit(.minutes(1)),
    arguments: allStreams)
  func backlog(streamType: WatchedStream) async throws {
    try await FeedSimulation.run(events: 123) { simulation in
      let delivery = try await simulation.feed(streamType).read(123)
      #expect(delivery.ids == FeedSimulation.ids(0..<123))
      #expect(try await delivery.position == simulation.currentPosition(streamType))
      #expect(delivery.position?.isResumable == true)
    }
  }

  @Test("delivers events that arrive while it listens", .timeLimit(.minutes(1)), arguments: allStreams)
  func newEvents(streamType: WatchedStream) async throws {
    try await FeedSimulation.run(events: 30) { simulation in
      var given = 30
      let delivery = try await simulation.feed(streamType).read { page, delivery in
        guard page.isCaughtUp, delivery.ids.count >= given else { return false }
        if given >= 50 { return true }
        try simulation.append(given..<given + 2)
        given += 2
        return false
      }
      #expect(delivery.ids == FeedSimulation.ids(0..<50))
      #expect(try await delivery.position == simulation.currentPosition(streamType))
    }
  }

  @Test(
    "is rung by an event that happens while a poll is held", .timeLimit(.minutes(1)),
    arguments: [
      WatchedStream.all, .changes, .sync,
    ])
  func heldPoll(streamType: WatchedStream) async throws {
    try await FeedSimulation.run(events: 3) { simulation in
      let feed = simulation.feed(streamType)
      async let delivery = feed.read(4)
      try await simulation.untilPollsOpen(1)
      try simulation.append(3..<4)
      let (ids, notices) = try await (delivery.ids, delivery.notices)
      #expect(ids == FeedSimulation.ids(0..<4))
      #expect(notices.contains { if case .newChange = $0 { true } else { false } })
    }
  }

  @Test("leaves out what happens on another user stream only", .timeLimit(.minutes(1)))
  func otherStream() async throws {
    try await FeedSimulation.run(events: 2) { simulation in
      try simulation.simulator.append([#"{"event_id":"shared","event_type":"ITEM_SHARED"}"#])
      try simulation.append(2..<4)
      #expect(try await simulation.feed(.changes).read(4).ids == FeedSimulation.ids(0..<4))
      #expect(try await simulation.feed(.all).read(5).ids.contains("shared"))
    }
  }

  @Test("that begins at now delivers what comes after, and only that", .timeLimit(.minutes(1)), arguments: allStreams)
  func now(streamType: WatchedStream) async throws {
    try await FeedSimulation.run(events: 40) { simulation in
      let new = (0..<3).map { #"{"event_id":"new\#($0)"}"# }
      var hasBegun = false
      let delivery = try await simulation.feed(streamType, from: .position(.now)).read { page, delivery in
        if !hasBegun {
          hasBegun = true
          #expect(page.fresh.isEmpty)
          try simulation.simulator.append(new)
        }
        return page.isCaughtUp && delivery.ids.count >= 3
      }
      #expect(delivery.ids == ["new0", "new1", "new2"])
      #expect(try await delivery.position == simulation.currentPosition(streamType))
    }
  }

  @Test("that begins at a time delivers what happened since", .timeLimit(.minutes(1)))
  func startTime() async throws {
    try await FeedSimulation.run { simulation in
      try simulation.simulator.append([
        #"{"event_id":"before","created_at":"2026-01-05T08:59:59Z"}"#,
        #"{"event_id":"at","created_at":"2026-01-05T09:00:00Z"}"#,
        #"{"event_id":"after","created_at":"2026-01-05T09:00:01Z"}"#,
      ])
      let nine = try #require(Timestamp("2026-01-05T09:00:00Z"))
      let delivery = try await simulation.feed(.adminLogs, from: .time(nine)).read(2)
      #expect(delivery.ids == ["at", "after"])
      #expect(delivery.pages.first?.requestedPosition == nil)
      #expect(try await delivery.position == simulation.currentPosition(.adminLogs))
    }
  }

  @Test("names no position to store while a start at a time has found nothing", .timeLimit(.minutes(1)))
  func startTimeWithoutEvents() async throws {
    try await FeedSimulation.run(events: 5) { simulation in
      let later = try #require(Timestamp("2026-01-06T00:00:00Z"))
      var pages = 0
      let delivery = try await simulation.feed(.adminLogs, from: .time(later)).read { page, delivery in
        pages += 1
        if pages == 3 {
          try simulation.simulator.append([#"{"event_id":"new","created_at":"2026-01-07T00:00:00Z"}"#])
        }
        return page.isCaughtUp && !delivery.ids.isEmpty
      }
      #expect(delivery.ids == ["new"])
      #expect(delivery.pages.prefix(3).allSatisfy { $0.position == nil && $0.isCaughtUp })
    }
  }

  @Test(
    "resumed at a stored position delivers the rest, and repeats nothing it is told of", .timeLimit(.minutes(1)),
    arguments: allStreams)
  func resume(streamType: WatchedStream) async throws {
    try await FeedSimulation.run(events: 100) { simulation in
      let first = try await simulation.feed(streamType).read { _, delivery in delivery.ids.count >= 40 }
      #expect(first.ids.count < 100)
      let seen = SeenEvents(recent: first.pages.flatMap { $0.freshEvents.map(\.digest) })
      let position = try #require(first.position)
      let second = try await simulation.feed(streamType, from: .position(position), seen: seen)
        .read(100 - first.ids.count)
      #expect(first.ids + second.ids == FeedSimulation.ids(0..<100))
    }
  }

  @Test("that has seen everything in an earlier run delivers nothing new", .timeLimit(.minutes(1)))
  func allSeen() async throws {
    try await FeedSimulation.run(events: 60) { simulation in
      let first = try await simulation.feed().read(60)
      let seen = SeenEvents(recent: first.pages.flatMap { $0.freshEvents.map(\.digest) })
      let second = try await simulation.feed(seen: seen).read(0)
      #expect(second.ids.isEmpty)
      #expect(second.pages.contains { !$0.events.entries.isEmpty })
      #expect(second.position == first.position)
    }
  }

  @Test("hands on all that Box sent, and says which of it is new", .timeLimit(.minutes(1)))
  func repeatedEvents() async throws {
    // Full pages of user streams overlap, as Box's do.
    try await FeedSimulation.run(events: 60) { simulation in
      let delivery = try await simulation.feed(.all, pageSize: 20).read(60)
      let sent = delivery.pages.map { $0.events.entries.count }.reduce(0, +)
      #expect(sent > 60)
      #expect(delivery.ids == FeedSimulation.ids(0..<60))
    }
  }

  @Test("ends with a stop that names the position that Box does not know", .timeLimit(.minutes(1)))
  func unknownPosition() async throws {
    try await FeedSimulation.run(events: 5) { simulation in
      for streamType in Self.allStreams {
        let position = StreamPosition("3.0400984754258516e16")
        let stop = try await #require(throws: FeedStop.self) {
          _ = try await simulation.feed(streamType, from: .position(position)).read(1)
        }
        #expect(stop.reason == .positionRefused)
        #expect(stop.position == position)
      }
    }
  }
}
