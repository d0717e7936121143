import Testing

@testable import BoxSimulator

@Suite("OPTIONS /2.0/events")
struct OptionsTests {
  @Test("names one real-time server on the address that was asked, with strings for ttl and max_retries")
  func asInTheSpecification() async throws {
    try await Simulation.run { simulation in
      let reply = try await simulation.reply("OPTIONS", "/2.0/events")
      let json = try JSON(reply.body)
      #expect(json["chunk_size"] == .integer(1))
      let server = json["entries"][0]
      #expect(server["type"] == .string("realtime_server"))
      #expect(server["ttl"] == .string("10"))
      #expect(server["max_retries"] == .string("10"))
      #expect(server["retry_timeout"] == .integer(610))
      let url = try #require(server["url"].string)
      #expect(url.hasPrefix("http://127.0.0.1:\(simulation.http.port)/realtime/subscribe?channel="))
      #expect(url.hasSuffix("&stream_type=all"))
      #expect(reply.text.contains(#"http:\/\/127.0.0.1"#))
    }
  }

  @Test("gives numbers where the guide's form is asked for")
  func asInTheGuide() async throws {
    try await Simulation.run(
      .with {
        $0.realtime.numbersAsStrings = false
        $0.realtime.ttl = 3
        $0.realtime.maxRetries = 4
        $0.realtime.retryTimeout = 5
      }
    ) { simulation in
      let reply = try await simulation.reply("OPTIONS", "/2.0/events?stream_type=sync")
      let server = try JSON(reply.body)["entries"][0]
      #expect(server["ttl"] == .integer(3))
      #expect(server["max_retries"] == .integer(4))
      #expect(server["retry_timeout"] == .integer(5))
      #expect(server["url"].string?.hasSuffix("&stream_type=sync") == true)
    }
  }

  @Test("refuses enterprise streams and unknown ones", arguments: ["admin_logs", "admin_logs_streaming", "other"])
  func refused(type: String) async throws {
    try await Simulation.run { simulation in
      let reply = try await simulation.reply("OPTIONS", "/2.0/events?stream_type=\(type)")
      #expect(reply.status == 400)
      #expect(try JSON(reply.body)["type"] == .string("error"))
    }
  }

  @Test("gives every caller another channel")
  func channels() async throws {
    try await Simulation.run { simulation in
      var channels: Set<String> = []
      for _ in 0..<5 { channels.insert(try await simulation.channel()) }
      #expect(channels.count == 5)
    }
  }
}
