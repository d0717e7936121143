import Testing

@testable import BoxSimulator

@Suite("Filters")
struct FilterTests {
  private let given = [
    #"{"event_id":"a","event_type":"UPLOAD","created_at":"2026-01-05T09:00:00-08:00"}"#,
    #"{"event_id":"b","event_type":"DOWNLOAD","created_at":"2026-01-05T18:00:00Z"}"#,
    #"{"event_id":"c","event_type":"UPLOAD","created_at":"2026-01-05T20:00:00+01:00"}"#,
    #"{"event_id":"d","event_type":"DELETE","created_at":"2026-01-05T12:00:00-08:00"}"#,
  ]

  @Test("by type work on enterprise streams, and are ignored on user streams")
  func byType() async throws {
    try await Simulation.run(.with { $0.events = given }) { (simulation) async throws in
      for type in ["admin_logs", "admin_logs_streaming"] {
        let query = "stream_type=\(type)&event_type="
        #expect(try await simulation.page(query + "UPLOAD").ids == ["a", "c"])
        #expect(try await simulation.page(query + "DELETE,UPLOAD").ids == ["a", "c", "d"])
        #expect(try await simulation.page(query + "DELETE%2CUPLOAD&limit=2").ids == ["a", "c"])
        #expect(try await simulation.page(query + "UNHEARD_OF").ids == [])
        #expect(try await simulation.page(query).ids == ["a", "b", "c", "d"])
      }
      #expect(try await simulation.page("stream_type=changes&event_type=UPLOAD").ids == ["a", "b", "c", "d"])
    }
  }

  @Test("by type lose nothing from page to page")
  func pagesOfATypeConnect() async throws {
    try await Simulation.run(.with { $0.backlog = 3000 }) { (simulation) async throws in
      let everything = try await simulation.pages("stream_type=admin_logs&limit=500").flatMap(\.events)
      let expected = everything.filter { $0["event_type"] == .string("DOWNLOAD") }.compactMap { $0["event_id"].string }
      let filtered = try await simulation.pages("stream_type=admin_logs&event_type=DOWNLOAD&limit=50")
      #expect(filtered.flatMap(\.ids) == expected)
      #expect(expected.count > 100)
    }
  }

  @Test("by time work on admin_logs only, with any offset, and include both ends")
  func byTime() async throws {
    try await Simulation.run(.with { $0.events = given }) { (simulation) async throws in
      let after = "created_after=2026-01-05T18:00:00%2B00:00"
      let before = "created_before=2026-01-05T11:00:00-08:00"
      #expect(try await simulation.page("stream_type=admin_logs&\(after)").ids == ["b", "c", "d"])
      #expect(try await simulation.page("stream_type=admin_logs&\(before)").ids == ["a", "b", "c"])
      #expect(try await simulation.page("stream_type=admin_logs&\(after)&\(before)").ids == ["b", "c"])
      #expect(try await simulation.page("stream_type=admin_logs&\(after)&event_type=UPLOAD").ids == ["c"])
      #expect(try await simulation.page("stream_type=admin_logs_streaming&\(after)&\(before)").ids.count == 4)
      #expect(try await simulation.page("stream_type=all&\(after)&\(before)").ids.count == 4)
    }
  }

  @Test("by a time that is none are refused, a bare plus sign included")
  func badTimes() async throws {
    try await Simulation.run(.with { $0.events = given }) { simulation in
      for time in ["yesterday", "2026-01-05", "2026-01-05T18:00:00+00:00"] {
        let reply = try await simulation.reply("GET", "/2.0/events?stream_type=admin_logs&created_after=\(time)")
        #expect(reply.status == 400)
        #expect(reply.text.contains("created_after"))
      }
    }
  }
}
