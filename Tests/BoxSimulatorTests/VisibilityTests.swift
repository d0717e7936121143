import Testing

@testable import BoxSimulator

@Suite("What streams show when")
struct VisibilityTests {
  @Test("enterprise streams hold events back, without losing any")
  func buffers() async throws {
    let clock = TestClock("2026-01-05T09:00:00-08:00")
    try await Simulation.run(
      .with {
        $0.clock = clock.now
        $0.adminLogsBuffer = .seconds(60)
        $0.adminLogsStreamingBuffer = .seconds(12)
      }
    ) { simulation in
      let history = try await simulation.page("stream_type=admin_logs&stream_position=now").position
      let recent = try await simulation.page("stream_type=admin_logs_streaming&stream_position=now").position
      let ids = try simulation.simulator.append(["{}", "{}"])
      // `now` before the events are shown is still before them.
      let early = try await simulation.page("stream_type=admin_logs&stream_position=now").position
      func shown() async throws -> [Int] {
        [
          try await simulation.page().ids.count,
          try await simulation.page("stream_type=admin_logs_streaming&stream_position=\(recent)").ids.count,
          try await simulation.page("stream_type=admin_logs&stream_position=\(history)").ids.count,
        ]
      }
      #expect(try await shown() == [2, 0, 0])
      clock.advance(seconds: 13)
      #expect(try await shown() == [2, 2, 0])
      clock.advance(seconds: 48)
      #expect(try await shown() == [2, 2, 2])
      #expect(try await simulation.page("stream_type=admin_logs&stream_position=\(early)").ids == ids)
    }
  }

  @Test("each stream keeps its events for its own time, counted from their arrival")
  func retention() async throws {
    let clock = TestClock("2026-01-05T09:00:00-08:00")
    try await Simulation.run(.with { $0.clock = clock.now }) { simulation in
      try simulation.simulator.append([#"{"event_id":"old","event_type":"ITEM_UPLOAD"}"#])
      func streams() async throws -> Set<String> {
        var streams: Set<String> = []
        for type in StreamType.allCases {
          let page = try await simulation.page("stream_type=\(type.rawValue)")
          if page.ids.contains("old") { streams.insert(type.rawValue) }
        }
        return streams
      }
      #expect(try await streams().count == 5)
      clock.advance(seconds: 14 * 86400 + 1)
      #expect(try await streams() == ["all", "changes", "sync", "admin_logs"])
      clock.advance(seconds: 7 * 86400)
      #expect(try await streams() == ["sync", "admin_logs"])
      clock.advance(seconds: 10 * 86400)
      #expect(try await streams() == ["admin_logs"])
      clock.advance(seconds: 334 * 86400)
      #expect(try await streams() == [])
    }
  }

  @Test("a position older than what is kept is the oldest event that is kept")
  func oldPosition() async throws {
    let clock = TestClock("2026-01-05T09:00:00-08:00")
    try await Simulation.run(.with { $0.clock = clock.now }) { simulation in
      try simulation.simulator.append([#"{"event_id":"first"}"#])
      let position = try await simulation.page("stream_position=now").position
      try simulation.simulator.append([#"{"event_id":"second"}"#])
      clock.advance(seconds: 20 * 86400)
      try simulation.simulator.append([#"{"event_id":"third"}"#])
      #expect(try await simulation.page("stream_position=\(position)").ids == ["second", "third"])
      clock.advance(seconds: 2 * 86400)
      #expect(try await simulation.page("stream_position=\(position)").ids == ["third"])
    }
  }
}
