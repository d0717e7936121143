import Testing

@testable import BoxSimulator

@Suite("Pages")
struct PagingTests {
  @Test("of user streams together hold every event in order, and full ones overlap by five")
  func userStreamsOverlap() async throws {
    let given = (0..<120).map { #"{"event_id":"e\#($0)","event_type":"ITEM_UPLOAD"}"# }
    try await Simulation.run(.with { $0.events = given }) { (simulation) async throws in
      let pages = try await simulation.pages("limit=50")
      #expect(pages.map(\.ids.count) == [50, 50, 30])
      #expect(pages[0].ids == (0..<50).map { "e\($0)" })
      #expect(pages[1].ids == (45..<95).map { "e\($0)" })
      #expect(pages[2].ids == (90..<120).map { "e\($0)" })
    }
  }

  @Test(
    "overlap by less when the limit is small, and always make progress", arguments: [(1, 0), (9, 0), (10, 1), (34, 3)])
  func smallPages(limit: Int, overlap: Int) async throws {
    let given = (0..<70).map { #"{"event_id":"e\#($0)","event_type":"ITEM_UPLOAD"}"# }
    try await Simulation.run(.with { $0.events = given }) { (simulation) async throws in
      let pages = try await simulation.pages("limit=\(limit)")
      #expect(pages[1].ids.first == "e\(limit - overlap)")
      var seen: Set<String> = []
      #expect(pages.flatMap(\.ids).filter { seen.insert($0).inserted } == (0..<70).map { "e\($0)" })
    }
  }

  @Test("of enterprise streams hold every event once, in order", arguments: ["admin_logs", "admin_logs_streaming"])
  func enterpriseStreams(type: String) async throws {
    let given = (0..<120).map { #"{"event_id":"e\#($0)"}"# }
    try await Simulation.run(.with { $0.events = given }) { (simulation) async throws in
      let pages = try await simulation.pages("stream_type=\(type)&limit=50")
      #expect(pages.flatMap(\.ids) == (0..<120).map { "e\($0)" })
    }
  }

  @Test("hold 100 events unless asked otherwise, and never more than 500")
  func limits() async throws {
    try await Simulation.run(.with { $0.backlog = 1500 }) { (simulation) async throws in
      #expect(try await simulation.page().events.count == 100)
      #expect(try await simulation.page("limit=500").events.count == 500)
      #expect(try await simulation.page("limit=501").events.count == 500)
      #expect(try await simulation.page("limit=99999").json["chunk_size"] == .integer(500))
      #expect(try await simulation.page("limit=0").events.isEmpty)
      for bad in ["-1", "many", "1.5", ""] {
        #expect(try await simulation.reply("GET", "/2.0/events?limit=\(bad)").status == 400)
      }
    }
  }

  @Test("that are empty keep the position, and admin_logs says 0")
  func emptyPages() async throws {
    try await Simulation.run(.with { $0.backlog = 10 }) { simulation in
      for type in StreamType.allCases where type != .adminLogs {
        let end = try await simulation.page("stream_type=\(type.rawValue)&stream_position=now").position
        let page = try await simulation.page("stream_type=\(type.rawValue)&stream_position=\(end)")
        #expect(page.events.isEmpty)
        #expect(page.position == end)
      }
      let end = try await simulation.page("stream_type=admin_logs&stream_position=now").position
      let page = try await simulation.page("stream_type=admin_logs&stream_position=\(end)")
      #expect(page.text == #"{"chunk_size":0,"next_stream_position":"0","entries":[]}"#)
    }
  }

  @Test("hold the exact text of what was handed in, across many pieces of memory")
  func exactText() async throws {
    // Longer than a chunk for events that arrive one by one.
    let filler = String(repeating: "x", count: 30_000)
    let given = (0..<7).map {
      #"{ "type":"event","event_id":"e\#($0)", "event_type":"X","created_at":"?","created_by":null,"n":1e400,"#
        + #""size":  12345678901234567890123,"s":"\ud800","f":"\#(filler)" }"#
    }
    try await Simulation.run { simulation in
      for text in given { try simulation.simulator.append([text]) }
      for type in ["all", "changes", "admin_logs", "admin_logs_streaming"] {
        let page = try await simulation.reply("GET", "/2.0/events?stream_type=\(type)")
        #expect(page.text.hasSuffix(#""entries":["# + given.joined(separator: ",") + "]}"))
        #expect(page.isComplete)
      }
    }
  }

  @Test("of a stream type that does not exist are refused")
  func unknownStreamType() async throws {
    try await Simulation.run { (simulation) async throws in
      #expect(try await simulation.reply("GET", "/2.0/events?stream_type=everything").status == 400)
    }
  }

  @Test("of changes and sync leave out what only all shows")
  func narrowStreams() async throws {
    try await Simulation.run(.with { $0.backlog = 2000 }) { simulation in
      let all = try await simulation.pages("limit=500")
      let changes = try await simulation.pages("stream_type=changes&limit=500")
      let sync = try await simulation.pages("stream_type=sync&limit=500")
      #expect(Set(all.flatMap(\.types)).isSuperset(of: ["ITEM_DOWNLOAD", "ITEM_PREVIEW", "COMMENT_CREATE"]))
      #expect(Set(changes.flatMap(\.types)).isSubset(of: EventTypes.onAllUserStreams))
      #expect(Set(sync.flatMap(\.ids)).isStrictSubset(of: Set(changes.flatMap(\.ids))))
      let expected = all.flatMap(\.events).filter {
        EventTypes.onAllUserStreams.contains($0["event_type"].string ?? "")
      }
      #expect(Set(changes.flatMap(\.ids)) == Set(expected.compactMap { $0["event_id"].string }))
      #expect(!sync.isEmpty)
    }
  }
}
