import Testing

@testable import BoxSimulator

@Suite("Control endpoints")
struct ControlTests {
  @Test("events appear at once on every stream, and their ids are answered")
  func events() async throws {
    try await Simulation.run(.with { $0.token = "T" }) { simulation in
      let body = #"[{"event_id":"a","event_type":"ITEM_SHARED"},{"event_type":"ITEM_UPLOAD"}]"#
      let reply = try await simulation.post("/_simulator/events", body)
      #expect(reply.status == 201)
      let ids = try JSON(reply.body)["event_ids"].values.compactMap(\.string)
      #expect(ids.count == 2)
      #expect(ids[0] == "a")
      for type in ["all", "admin_logs", "admin_logs_streaming"] {
        #expect(try await simulation.page("stream_type=\(type)").ids == ids)
      }
      // ITEM_SHARED is on `all` only.
      #expect(try await simulation.page("stream_type=changes").ids == [ids[1]])
      #expect(try await simulation.page("stream_type=sync").ids == [ids[1]])
    }
  }

  @Test("a single event rings the polls that wait")
  func eventRings() async throws {
    try await Simulation.run { simulation in
      let channel = try await simulation.channel()
      async let waiting = simulation.http.send("GET", channel)
      await simulation.untilPollsOpen(1)
      #expect(try await simulation.post("/_simulator/events", "{}").status == 201)
      #expect(try await waiting?.text.contains("new_change") == true)
    }
  }

  @Test(
    "what is no event is refused with a message, and nothing is added",
    arguments: [
      ("", "empty"), ("7", "no valid JSON"), ("[1]", "no JSON object"), (#"[{"a":1},2]"#, "entry 2"),
      (#"{"a":1"#, "ends too early"), (#"{"a":1}{"#, "JSON"), ("<html>", "JSON"),
    ])
  func badEvents(body: String, message: String) async throws {
    try await Simulation.run { simulation in
      let reply = try await simulation.post("/_simulator/events", body)
      #expect(reply.status == 400)
      let error = try #require(try JSON(reply.body)["error"].string)
      #expect(error.contains(message), "\(error)")
      #expect(simulation.simulator.statistics.eventsHeld == 0)
    }
  }

  @Test(
    "a fault that cannot be set is refused with a message",
    arguments: [
      (
        #"{"kind":"earthquake","count":1}"#,
        #"unknown fault kind "earthquake"; known kinds: reconnect, max_retries, stall"#
      ),
      (#"{"count":1}"#, "has no kind; known kinds: "), (#"{"kind":"500"}"#, "either a probability or a count"),
      (#"{"kind":"500","probability":0.5,"count":1}"#, "either a probability or a count"),
      (#"{"kind":"500","probability":1.5}"#, "from 0 to 1"), (#"{"kind":"500","count":-1}"#, "from 0 up"),
      (#"{"kind":"500","count":1,"color":"red"}"#, #"unknown member "color""#),
      (#"{"kind":"reorder","count":1,"endpoint":"token"}"#, "only on: events"),
      ("not json", "must be a fault"),
    ])
  func badFaults(body: String, message: String) async throws {
    try await Simulation.run { simulation in
      let reply = try await simulation.post("/_simulator/faults", body)
      #expect(reply.status == 400)
      let error = try #require(try JSON(reply.body)["error"].string)
      #expect(error.contains(message), "\(error)")
    }
  }

  @Test("several faults can be set at once, and a count wears off")
  func faults() async throws {
    try await Simulation.run { simulation in
      try await simulation.setFaults(#"[{"kind":"500","count":2},{"kind":"503","count":1}]"#)
      var statuses: [Int] = []
      for _ in 0..<4 { statuses.append(try await simulation.reply("GET", "/2.0/events").status) }
      #expect(statuses == [500, 500, 503, 200])
      #expect(simulation.simulator.statistics.faults == [.serverError: 2, .unavailable: 1])
    }
  }

  @Test("reset takes events, faults and counters back to the start")
  func reset() async throws {
    try await Simulation.run(
      .with {
        $0.backlog = 12
        $0.faults = [.reorder: 1]
      }
    ) { simulation in
      let before = try await simulation.page("stream_type=admin_logs").ids.sorted()
      try simulation.simulator.append(["{}"])
      try await simulation.setFaults(#"[{"kind":"500","probability":1},{"kind":"reorder","count":0}]"#)
      #expect(try await simulation.reply("GET", "/2.0/events").status == 500)
      let reply = try await simulation.post("/_simulator/reset", "")
      #expect(reply.status == 200)
      #expect(simulation.simulator.statistics.eventsHeld == 12)
      #expect(simulation.simulator.statistics.faults.isEmpty)
      let after = try await simulation.page("stream_type=admin_logs").ids
      #expect(after.sorted() == before)
      #expect(simulation.simulator.statistics.faults == [.reorder: 1])
    }
  }

  @Test("statistics count answers by endpoint and status, pages, events and calls")
  func statistics() async throws {
    try await Simulation.run(.with { $0.backlog = 30 }) { simulation in
      _ = try await simulation.page("limit=10")
      _ = try await simulation.page("stream_type=admin_logs&limit=10")
      _ = try await simulation.reply("GET", "/2.0/events?limit=x")
      _ = try await simulation.reply("OPTIONS", "/2.0/events")
      _ = try await simulation.reply("GET", "/nothing")
      let reply = try await simulation.reply("GET", "/_simulator/stats")
      let json = try JSON(reply.body)
      #expect(json["requests"]["events"] == .object(["200": .integer(2), "400": .integer(1)]))
      #expect(json["requests"]["options"] == .object(["200": .integer(1)]))
      #expect(json["requests"]["unknown"] == .object(["404": .integer(1)]))
      #expect(json["pages_served"] == .integer(2))
      #expect(json["events_served"] == .integer(20))
      #expect(json["events_held"] == .integer(30))
      #expect(json["polls_open"] == .integer(0))
      #expect(json["max_requests_per_minute"] == .integer(4))
    }
  }

  @Test("the busiest minute is found wherever it begins")
  func busiestMinute() {
    var window = MinuteWindow()
    for second in [0, 30, 59, 59, 60, 61, 200] as [Int64] { window.count(at: (1_000_000 + second) * 1_000_000) }
    // 30, 59, 59, 60, 61; the call at 0 is out of the window by then.
    #expect(window.maximum == 5)
  }
}
