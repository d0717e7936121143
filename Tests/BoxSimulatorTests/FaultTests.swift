import Testing

@testable import BoxSimulator

@Suite("Faults")
struct FaultTests {
  private func answer(_ simulation: Simulation, to fault: String) async throws -> Reply? {
    try await simulation.setFaults(#"{"kind":"\#(fault)","count":1}"#)
    return try await simulation.http.send("GET", "/2.0/events", headers: ["Authorization": "Bearer T"])
  }

  @Test("429 comes with Retry-After and Box's body")
  func rateLimit() async throws {
    try await Simulation.run { simulation in
      let reply = try #require(try await answer(simulation, to: "429"))
      #expect(reply.status == 429)
      #expect(reply.headers["retry-after"] == "1")
      #expect(try JSON(reply.body)["code"] == .string("rate_limit_exceeded"))
    }
  }

  @Test("500 and 503 come with Box's body", arguments: [500, 503])
  func serverErrors(status: Int) async throws {
    try await Simulation.run { simulation in
      let reply = try #require(try await answer(simulation, to: "\(status)"))
      #expect(reply.status == status)
      #expect(try JSON(reply.body)["status"] == .integer(Int64(status)))
    }
  }

  @Test("html is a page with status 200")
  func html() async throws {
    try await Simulation.run { simulation in
      let reply = try #require(try await answer(simulation, to: "html"))
      #expect(reply.status == 200)
      #expect(reply.headers["content-type"] == "text/html")
      #expect(reply.text.hasPrefix("<!DOCTYPE html>"))
    }
  }

  @Test("drop closes the connection without an answer")
  func drop() async throws {
    try await Simulation.run { (simulation) async throws in
      #expect(try await answer(simulation, to: "drop") == nil)
      #expect(simulation.simulator.statistics.requests[.events] == [0: 1])
    }
  }

  @Test("truncate breaks the body off in its middle")
  func truncate() async throws {
    try await Simulation.run(.with { $0.backlog = 100 }) { simulation in
      let whole = try await simulation.reply("GET", "/2.0/events")
      let reply = try #require(try await answer(simulation, to: "truncate"))
      #expect(reply.status == 200)
      #expect(reply.headers["content-length"] == String(whole.body.count))
      #expect(reply.body == Array(whole.body.prefix(whole.body.count / 2)))
    }
  }

  @Test("stall never answers, on events and on polls")
  func stall() async throws {
    try await Simulation.run(.with { $0.backlog = 5 }) { simulation in
      let channel = try await simulation.channel()
      for target in ["/2.0/events", "\(channel)&stream_position=0"] {
        try await simulation.setFaults(#"{"kind":"stall","count":1}"#)
        let headers = ["Authorization": "Bearer T"]
        // The client gives up at once; without that it would wait for ever.
        #expect(try await simulation.http.send("GET", target, headers: headers, leaves: true) == nil)
      }
      #expect(simulation.simulator.statistics.faults == [.stall: 2])
    }
  }

  @Test("slow answers late, and correctly")
  func slow() async throws {
    try await Simulation.run(
      .with {
        $0.backlog = 5
        $0.slowDelay = .milliseconds(40)
      }
    ) { simulation in
      let start = ContinuousClock.now
      let reply = try #require(try await answer(simulation, to: "slow"))
      #expect(ContinuousClock.now - start >= .milliseconds(40))
      #expect(
        try JSON(reply.body)["chunk_size"].integer.map { Int($0) } == simulation.simulator.statistics.userEventsHeld)
    }
  }

  @Test("expire_token revokes a token that was issued, for good, and spares others")
  func expireToken() async throws {
    try await Simulation.run { simulation in
      let form =
        "grant_type=client_credentials&client_id=c&client_secret=s&box_subject_type=enterprise&box_subject_id=1"
      let token = try #require(
        try JSON(try await simulation.post("/oauth2/token", form).body)["access_token"].string)
      try await simulation.setFaults(#"{"kind":"expire_token","count":1}"#)
      for _ in 0..<2 {
        let reply = try await simulation.reply("GET", "/2.0/events", headers: ["Authorization": "Bearer \(token)"])
        #expect(reply.status == 401)
        #expect(reply.body.isEmpty)
      }
      // A developer's token was not issued here; it is refused once.
      #expect(try await answer(simulation, to: "expire_token")?.status == 401)
      #expect(try await simulation.reply("GET", "/2.0/events").status == 200)
    }
  }

  @Test("duplicate repeats earlier events, within the limit, and loses none")
  func duplicate() async throws {
    let given = (0..<60).map { #"{"event_id":"e\#($0)"}"# }
    for type in ["all", "changes", "admin_logs"] {
      try await Simulation.run(
        .with {
          $0.events = given
          $0.faults = [.duplicate: 1]
        }
      ) { simulation in
        let pages = try await simulation.pages("stream_type=\(type)&limit=20")
        #expect(pages.allSatisfy { $0.ids.count <= 20 })
        var seen: Set<String> = []
        var repeated = 0
        for page in pages {
          repeated += page.ids.count { seen.contains($0) }
          seen.formUnion(page.ids)
        }
        #expect(repeated > 0)
        #expect(seen == Set((0..<60).map { "e\($0)" }))
      }
    }
  }

  @Test("reorder shuffles a page and leaves the position alone")
  func reorder() async throws {
    let given = (0..<60).map { #"{"event_id":"e\#($0)"}"# }
    try await Simulation.run(.with { $0.events = given }) { simulation in
      let ordered = try await simulation.page("limit=30")
      try await simulation.setFaults(#"{"kind":"reorder","count":1}"#)
      let shuffled = try await simulation.page("limit=30")
      #expect(shuffled.ids != ordered.ids)
      #expect(shuffled.ids.sorted() == ordered.ids.sorted())
      #expect(shuffled.position == ordered.position)
    }
  }

  @Test("empty_zero_position shows nothing and 0, in each stream's JSON type, and loses nothing")
  func emptyZeroPosition() async throws {
    try await Simulation.run(.with { $0.backlog = 30 }) { simulation in
      for (type, zero) in [
        ("all", JSON.integer(0)), ("admin_logs", .string("0")), ("admin_logs_streaming", .integer(0)),
      ] {
        let first = try await simulation.page("stream_type=\(type)&limit=10")
        try await simulation.setFaults(#"{"kind":"empty_zero_position","count":1}"#)
        let empty = try await simulation.page("stream_type=\(type)&stream_position=\(first.position)")
        #expect(empty.events.isEmpty)
        #expect(empty.json["next_stream_position"] == zero)
        #expect(try await !simulation.page("stream_type=\(type)&stream_position=\(first.position)").events.isEmpty)
      }
    }
  }

  @Test("reconnect and max_retries come from the real-time server", arguments: ["reconnect", "max_retries"])
  func realtime(fault: String) async throws {
    try await Simulation.run(.with { $0.backlog = 5 }) { simulation in
      let channel = try await simulation.channel()
      try await simulation.setFaults(#"{"kind":"\#(fault)","count":1}"#)
      // Only polls take it.
      #expect(try await !simulation.page().events.isEmpty)
      let poll = "\(channel)&stream_position=0"
      let reply = try #require(try await simulation.http.send("GET", poll))
      #expect(try JSON(reply.body)["message"] == .string(fault))
      #expect(try await simulation.http.send("GET", poll)?.text.contains("new_change") == true)
    }
  }

  @Test("happen with their probability, and the same seed gives the same ones")
  func probability() async throws {
    var runs: [[Int]] = []
    for seed in [1, 1, 2] as [UInt64] {
      try await Simulation.run(
        .with {
          $0.seed = seed
          $0.faults = [.serverError: 0.3]
        }
      ) { simulation in
        var statuses: [Int] = []
        for _ in 0..<100 { statuses.append(try await simulation.reply("GET", "/2.0/events").status) }
        runs.append(statuses)
      }
    }
    #expect(runs[0] == runs[1])
    #expect(runs[0] != runs[2])
    #expect((15...45).contains(runs[0].count { $0 == 500 }))
  }

  @Test("can be kept to one endpoint")
  func oneEndpoint() async throws {
    try await Simulation.run { simulation in
      try await simulation.setFaults(#"{"kind":"503","probability":1,"endpoint":"events"}"#)
      #expect(try await simulation.reply("OPTIONS", "/2.0/events").status == 200)
      #expect(try await simulation.reply("GET", "/2.0/users/me").status == 200)
      #expect(try await simulation.reply("GET", "/2.0/events").status == 503)
      try await simulation.setFaults(#"{"kind":"503","probability":0}"#)
      #expect(try await simulation.reply("GET", "/2.0/events").status == 200)
    }
  }

  @Test("of every kind at once never cost a patient client an event", .timeLimit(.minutes(1)))
  func nothingIsLost() async throws {
    try await Simulation.run(
      .with {
        $0.backlog = 600
        $0.slowDelay = .milliseconds(1)
        // A stalled request would want a client that gives up; it has a test of its own.
        $0.faults = Dictionary(uniqueKeysWithValues: FaultKind.allCases.filter { $0 != .stall }.map { ($0, 0.15) })
      }
    ) { simulation in
      var seen: Set<String> = []
      var position = "0"
      while seen.count < simulation.simulator.statistics.userEventsHeld {
        let target = "/2.0/events?limit=50&stream_position=\(position)"
        let reply = try await simulation.http.send("GET", target, headers: ["Authorization": "Bearer T"])
        guard let reply, reply.status == 200, reply.isComplete, let json = try? JSON(reply.body) else { continue }
        let page = TestPage(json: json, text: reply.text)
        seen.formUnion(page.ids)
        if page.position != "0" { position = page.position }
      }
      let faults = simulation.simulator.statistics.faults
      #expect(faults.count >= 8, "\(faults)")
    }
  }
}
