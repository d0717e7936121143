import NIOPosix
import Testing

@testable import BoxSimulator

@Suite("Long polls")
struct LongPollTests {
  @Test("wait until an event arrives, then answer new_change and close the connection")
  func newChange() async throws {
    try await Simulation.run(.with { $0.backlog = 5 }) { simulation in
      let channel = try await simulation.channel()
      let position = try await simulation.page("stream_position=now").position
      async let waiting = simulation.http.send("GET", "\(channel)&stream_position=\(position)", keepsAlive: true)
      await simulation.untilPollsOpen(1)
      try simulation.simulator.append(["{}"])
      // The client did not ask for it: that the answer ends here is the server's doing.
      let reply = try #require(try await waiting)
      #expect(reply.text == #"{"version":1,"message":"new_change"}"#)
      #expect(reply.headers["connection"] == "close")
      #expect(simulation.simulator.statistics.pollsOpen == 0)
    }
  }

  @Test("are rung for what comes after they have a place and before they wait")
  func betweenPlaceAndWait() async throws {
    let simulator = try BoxSimulator(.with { $0.realtime.hold = .milliseconds(200) })
    let number = simulator.core.openPoll(StreamView(type: .all))
    try simulator.append(["{}"])
    let ring = await simulator.core.waitForChange(
      StreamView(type: .all), after: .latest, number: number, on: MultiThreadedEventLoopGroup.singleton.next())
    #expect(ring == .newChange)
    #expect(simulator.statistics.pollsOpen == 0)
  }

  @Test("answer at once when something is newer than the position")
  func behind() async throws {
    try await Simulation.run(.with { $0.backlog = 5 }) { simulation in
      let channel = try await simulation.channel()
      let position = try await simulation.page("limit=2").position
      let reply = try await simulation.http.send("GET", "\(channel)&stream_position=\(position)")
      #expect(reply?.text == #"{"version":1,"message":"new_change"}"#)
    }
  }

  @Test("answer reconnect when the hold time is over")
  func holdTime() async throws {
    try await Simulation.run(.with { $0.realtime.hold = .milliseconds(30) }) { simulation in
      let channel = try await simulation.channel()
      let reply = try await simulation.http.send("GET", channel)
      #expect(reply?.text == #"{"version":1,"message":"reconnect"}"#)
    }
  }

  @Test("are rung only by what their stream shows")
  func onlyTheirStream() async throws {
    try await Simulation.run { simulation in
      let changes = try await simulation.channel("changes")
      let all = try await simulation.channel("all")
      let other = try await simulation.channel("all", headers: ["As-User": "7"])
      async let waitingForChanges = simulation.http.send("GET", changes)
      async let waitingForAll = simulation.http.send("GET", all)
      async let waitingForOther = simulation.http.send("GET", other)
      await simulation.untilPollsOpen(3)
      try simulation.simulator.append([#"{"event_type":"ITEM_SHARED","created_by":{"id":"8"}}"#])
      #expect(try await waitingForAll?.text.contains("new_change") == true)
      #expect(simulation.simulator.statistics.pollsOpen == 2)
      try simulation.simulator.append([#"{"event_type":"ITEM_SHARED","created_by":{"id":"7"}}"#])
      #expect(try await waitingForOther?.text.contains("new_change") == true)
      #expect(simulation.simulator.statistics.pollsOpen == 1)
      try simulation.simulator.append([#"{"event_type":"ITEM_UPLOAD","created_by":{"id":"8"}}"#])
      #expect(try await waitingForChanges?.text.contains("new_change") == true)
    }
  }

  @Test("beyond the first and max_retries more on one channel get max_retries")
  func maxRetries() async throws {
    try await Simulation.run(
      .with {
        $0.backlog = 5
        $0.realtime.maxRetries = 2
      }
    ) { simulation in
      let channel = try await simulation.channel()
      for expected in ["new_change", "new_change", "new_change", "max_retries", "max_retries"] {
        let reply = try #require(try await simulation.http.send("GET", "\(channel)&stream_position=0"))
        #expect(try JSON(reply.body)["message"] == .string(expected))
      }
      let fresh = try await simulation.channel()
      #expect(try await simulation.http.send("GET", "\(fresh)&stream_position=0")?.text.contains("new_change") == true)
    }
  }

  @Test("on a channel that is older than its ttl get reconnect")
  func ttl() async throws {
    let clock = TestClock("2026-01-05T09:00:00-08:00")
    try await Simulation.run(
      .with {
        $0.backlog = 5
        $0.clock = clock.now
      }
    ) { simulation in
      let channel = try await simulation.channel()
      clock.advance(seconds: 600)
      #expect(
        try await simulation.http.send("GET", "\(channel)&stream_position=0")?.text.contains("new_change") == true)
      clock.advance(seconds: 1)
      #expect(try await simulation.http.send("GET", "\(channel)&stream_position=0")?.text.contains("reconnect") == true)
    }
  }

  @Test("on a channel that nobody was given get 404")
  func unknownChannel() async throws {
    try await Simulation.run { simulation in
      for target in ["/realtime/subscribe", "/realtime/subscribe?channel=0123456789abcdef0123"] {
        let reply = try #require(try await simulation.http.send("GET", target))
        #expect(reply.status == 404)
        #expect(try JSON(reply.body)["code"] == .string("not_found"))
      }
    }
  }

  @Test("with a malformed position get 400")
  func malformedPosition() async throws {
    try await Simulation.run { simulation in
      let channel = try await simulation.channel()
      #expect(try await simulation.http.send("GET", "\(channel)&stream_position=1e9")?.status == 400)
    }
  }

  @Test("of clients that hang up are forgotten")
  func hangUp() async throws {
    try await Simulation.run { simulation in
      let channel = try await simulation.channel()
      let reply = try await simulation.http.send("GET", channel, leaves: true)
      #expect(reply == nil)
      #expect(simulation.simulator.statistics.pollsOpen == 0)
      #expect(simulation.simulator.statistics.requests[.realtime] == [0: 1])
    }
  }

  @Test("that wait end when the simulator stops")
  func stopping() async throws {
    var configuration = BoxSimulator.Configuration()
    configuration.backlog = 0
    let simulator = try BoxSimulator(configuration)
    let http = try RawHTTP(baseURL: try await simulator.start())
    let simulation = Simulation(simulator: simulator, http: http)
    let channel = try await simulation.channel()
    async let waiting = http.send("GET", channel)
    await simulation.untilPollsOpen(1)
    await simulator.stop()
    #expect(try await waiting == nil)
  }
}
