import BoxClient
import BoxSimulator
import Testing

@testable import EventFeed

@Suite("A feed of a Box that misbehaves")
struct FeedFaultTests {
  /// A fault on one endpoint.
  struct Place: Sendable, CustomTestStringConvertible {
    let kind: FaultKind
    let endpoint: Endpoint

    var testDescription: String { "\(kind.rawValue) on \(endpoint.rawValue)" }

    static func all(on endpoints: [Endpoint]) -> [Place] {
      FaultKind.allCases.flatMap { kind in
        endpoints.filter { kind.endpoints.contains($0) }.map { Place(kind: kind, endpoint: $0) }
      }
    }
  }

  private static let userPlaces = Place.all(on: [.token, .options, .events, .realtime])
  private static let enterprisePlaces = Place.all(on: [.token, .events])
  /// A token that is refused twice in a row is meant to end the feed.
  private static let lastingKinds = FaultKind.allCases.filter { $0 != .expireToken }

  @Test(
    "that repeat a few times loses and doubles nothing on a user stream", .timeLimit(.minutes(1)),
    arguments: userPlaces)
  func countedOnUserStream(place: Place) async throws {
    try await deliver(.all, counted(place))
  }

  @Test(
    "that repeat a few times loses and doubles nothing on admin_logs", .timeLimit(.minutes(1)),
    arguments: enterprisePlaces)
  func countedOnAdminLogs(place: Place) async throws {
    try await deliver(.adminLogs, counted(place))
  }

  @Test(
    "that repeat a few times loses and doubles nothing on admin_logs_streaming", .timeLimit(.minutes(1)),
    arguments: enterprisePlaces)
  func countedOnStreaming(place: Place) async throws {
    try await deliver(.adminLogsStreaming, counted(place))
  }

  @Test("that come again and again lose and double nothing", .timeLimit(.minutes(1)), arguments: lastingKinds)
  func probable(kind: FaultKind) async throws {
    try await deliver(.all, Fault(kind, .probability(kind == .stall ? 0.1 : 0.4)))
  }

  @Test(
    "in every way at once lose and double nothing", .timeLimit(.minutes(1)),
    arguments: [
      WatchedStream.all, .changes, .adminLogs, .adminLogsStreaming,
    ])
  func everything(streamType: WatchedStream) async throws {
    let faults = Self.lastingKinds.map { Fault($0, .probability($0 == .stall ? 0.02 : 0.1)) }
    try await deliver(streamType, faults: faults)
  }

  @Test("by refusing every token end the feed, which says so", .timeLimit(.minutes(1)))
  func refusedTokens() async throws {
    try await FeedSimulation.run(events: 5) { simulation in
      simulation.simulator.setFaults([Fault(.expireToken, .probability(1))])
      let stop = try await #require(throws: FeedStop.self) { _ = try await simulation.feed().read(1) }
      #expect(stop.reason == .unauthorized)
    }
  }

  private func counted(_ place: Place) -> Fault {
    let count =
      switch (place.kind, place.endpoint) {
      // The second refusal of a token in a row would rightly end the feed.
      case (.expireToken, _): 1
      // A token that came late is a token: it is asked for once.
      case (.slow, .token): 1
      default: 3
      }
    return Fault(place.kind, .count(count), endpoint: place.endpoint)
  }

  private func deliver(_ streamType: WatchedStream, _ fault: Fault) async throws {
    try await deliver(streamType, faults: [fault])
  }

  /// Reads a backlog and what comes after it, in rounds until each counted fault has happened as often as it was to.
  private func deliver(_ streamType: WatchedStream, faults: [Fault]) async throws {
    try await FeedSimulation.run(events: 105, patience: .milliseconds(300)) { simulation in
      simulation.simulator.setFaults(faults)
      var given = 105
      var rounds = 0
      let delivery = try await simulation.feed(streamType).read { page, delivery in
        guard page.isCaughtUp, delivery.ids.count >= given else { return false }
        if rounds >= 4, Self.haveHappened(faults, in: simulation.simulator.statistics) { return true }
        rounds += 1
        try simulation.append(given..<given + 3)
        given += 3
        return false
      }
      simulation.simulator.setFaults(faults.map { Fault($0.kind, .count(0)) })
      #expect(delivery.ids.count == given)
      #expect(Set(delivery.ids) == Set(FeedSimulation.ids(0..<given)))
      #expect(try await delivery.position == simulation.currentPosition(streamType))
    }
  }

  private static func haveHappened(_ faults: [Fault], in statistics: SimulatorStatistics) -> Bool {
    faults.allSatisfy { fault in
      guard case .count(let count) = fault.frequency else { return true }
      return statistics.faults[fault.kind, default: 0] >= count
    }
  }
}
