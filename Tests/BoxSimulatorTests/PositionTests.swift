import Testing

@testable import BoxSimulator

@Suite("Stream positions")
struct PositionTests {
  @Test("are numbers above 2^53 on user streams, strings above 2^60 and smaller numbers on enterprise streams")
  func magnitudes() async throws {
    try await Simulation.run(.with { $0.backlog = 3 }) { simulation in
      for type in ["all", "changes", "sync"] {
        let position = try await simulation.page("stream_type=\(type)&stream_position=now").json["next_stream_position"]
        #expect(try #require(position.integer) > 1 << 53)
      }
      let history = try await simulation.page("stream_type=admin_logs").json["next_stream_position"]
      #expect(try #require(history.string.flatMap { Int64($0) }) > 1 << 60)
      let recent = try await simulation.page("stream_type=admin_logs_streaming").json["next_stream_position"]
      #expect(try #require(recent.integer) > 100_000_000_000_000)
      #expect(try #require(recent.integer) < 1 << 53)
    }
  }

  @Test(
    "that are malformed are refused with 400, wherever they are sent",
    arguments: ["3.04e16", "30400984754258516.0", "-1", "1451002006632%3B4bdb8971", "abc", "%20", "", "Now", "0x10"])
  func malformed(position: String) async throws {
    try await Simulation.run { simulation in
      for type in StreamType.allCases {
        let target = "/2.0/events?stream_type=\(type.rawValue)&stream_position=\(position)"
        let reply = try await simulation.reply("GET", target)
        #expect(reply.status == 400)
        let error = try JSON(reply.body)
        #expect(error["type"] == .string("error"))
        #expect(error["status"] == .integer(400))
        #expect(error["code"] == .string("bad_request"))
        #expect(error["message"] == .string("Invalid stream position"))
      }
    }
  }

  @Test("0, null and none are the oldest event that is kept")
  func beginning() async throws {
    try await Simulation.run(.with { $0.backlog = 10 }) { simulation in
      let first = try await simulation.page("limit=1").ids
      #expect(first.count == 1)
      #expect(try await simulation.page("limit=1&stream_position=0").ids == first)
      #expect(try await simulation.page("limit=1&stream_position=null").ids == first)
      #expect(try await simulation.page("limit=1&stream_position=7").ids == first)
    }
  }

  @Test("beyond the end are the end, however large")
  func beyondTheEnd() async throws {
    try await Simulation.run(.with { $0.backlog = 10 }) { simulation in
      for position in ["9223372036854775807", "99999999999999999999999999"] {
        let page = try await simulation.page("stream_position=\(position)")
        #expect(page.events.isEmpty)
        #expect(page.position == (try await simulation.page("stream_position=now").position))
        try simulation.simulator.append(["{}"])
        #expect(try await simulation.page("stream_position=\(page.position)").events.count == 1)
      }
    }
  }

  @Test("now answers no events, and a position after which only new events come")
  func now() async throws {
    try await Simulation.run(.with { $0.backlog = 20 }) { simulation in
      for type in StreamType.allCases {
        let now = try await simulation.page("stream_type=\(type.rawValue)&stream_position=now")
        #expect(now.events.isEmpty)
        #expect(now.position != "0")
        let ids = try simulation.simulator.append([#"{"event_type":"ITEM_UPLOAD"}"#])
        let next = try await simulation.page("stream_type=\(type.rawValue)&stream_position=\(now.position)")
        #expect(next.ids == ids)
      }
    }
  }

  @Test("of an earlier run are the same place in time in the next one")
  func acrossRuns() async throws {
    let clock = TestClock("2026-01-05T09:00:00-08:00")
    var stored: [StreamType: String] = [:]
    try await Simulation.run(
      .with {
        $0.backlog = 50
        $0.clock = clock.now
      }
    ) { simulation in
      for type in StreamType.allCases {
        stored[type] = try await simulation.page("stream_type=\(type.rawValue)&stream_position=now").position
      }
    }
    clock.advance(seconds: 60)
    try await Simulation.run(
      .with {
        $0.backlog = 0
        $0.clock = clock.now
      }
    ) { simulation in
      let ids = try simulation.simulator.append([#"{"event_type":"ITEM_UPLOAD"}"#])
      for (type, position) in stored {
        #expect(try await simulation.page("stream_type=\(type.rawValue)&stream_position=\(position)").ids == ids)
      }
    }
  }

  @Test("survive a reset: what comes after it comes after them")
  func acrossReset() async throws {
    try await Simulation.run(.with { $0.backlog = 5 }) { simulation in
      try simulation.simulator.append(["{}", "{}"])
      let position = try await simulation.page("stream_position=now").position
      simulation.simulator.reset()
      #expect(try await simulation.page("stream_position=\(position)").events.isEmpty)
      let ids = try simulation.simulator.append(["{}"])
      #expect(try await simulation.page("stream_position=\(position)").ids == ids)
    }
  }
}
