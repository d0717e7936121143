import Testing

@testable import BoxSimulator

@Suite("Odd bytes")
struct OddBytesTests {
  @Test(
    "in what is posted cost that request alone",
    arguments: [
      #"{"event_id":"a\qb"}"#, "{\"event_id\":\"a\tb\"}", #"{"event_type":"\u12"}"#, #"{"kind":"\x"}"#,
      "{\"kind\":\"\u{1}\"}",
    ])
  func posted(body: String) async throws {
    try await Simulation.run(.with { $0.backlog = 3 }) { simulation in
      for path in ["/_simulator/events", "/_simulator/faults"] {
        let reply = try #require(try await simulation.http.send("POST", path, body: body))
        #expect([201, 200, 400].contains(reply.status))
      }
      #expect(try await simulation.http.send("GET", "/_simulator/stats")?.status == 200)
    }
  }

  @Test("events that come twice come twice on the first page too")
  func duplicatesAtTheBeginning() async throws {
    try await Simulation.run(.with { $0.backlog = 20 }) { simulation in
      simulation.simulator.setFaults([Fault(.duplicate, .count(1))])
      let ids = try await simulation.page("limit=500").ids
      #expect(ids.count > 20)
      #expect(Set(ids).count == 20)
    }
  }
}
