import Testing

@testable import BoxSimulator

@Suite("Events that are handed in")
struct GivenEventTests {
  private func served(_ text: String) async throws -> String {
    var served = ""
    try await Simulation.run { simulation in
      try simulation.simulator.append([text])
      let page = try await simulation.page().text
      let start = try #require(page.firstRange(of: #""entries":["#)?.upperBound)
      served = String(page[start...].dropLast(2))
    }
    return served
  }

  @Test("get what they leave out in front, and keep the rest of their text")
  func completion() async throws {
    let rest = #""source" : {"name":"ümläut","n":1.0E+2},  "x":[1, 2 ]}"#
    let text = try await served("  { " + rest)
    #expect(text.hasSuffix(#", "# + rest))
    let json = try JSON(Array(text.utf8))
    #expect(json["type"] == .string("event"))
    #expect(json["event_id"].string?.count == 40)
    #expect(json["event_type"] == .string("ITEM_UPLOAD"))
    #expect(json["created_by"]["id"] == .string("10000000001"))
    #expect(json["created_at"].string.flatMap { Timestamp.secondsSince1970($0) } != nil)
    #expect(json["recorded_at"] == .null)
    #expect(json["source"]["name"] == .string("ümläut"))
  }

  @Test("that are an empty object get everything and no stray comma")
  func emptyObject() async throws {
    let json = try JSON(Array(try await served("{ }").utf8))
    #expect(json.keys == ["type", "event_id", "event_type", "created_at", "created_by"])
  }

  @Test("that have a member keep it, whatever it holds")
  func presentMembers() async throws {
    let text = #"{"created_by":null,"event_type":7,"event_id":"","type":"x","created_at":"then"}"#
    #expect(try await served(text) == text)
  }

  @Test("with bytes that are not UTF-8 are served as they are")
  func foreignBytes() async throws {
    let body = Array(#"{"event_id":"a","name":""#.utf8) + [0xFF, 0xFE] + Array(#""}"#.utf8)
    try await Simulation.run { simulation in
      let ids = simulation.simulator.core.append(try MemberReader().objects(body))
      #expect(ids.count == 1)
      let page = try await simulation.reply("GET", "/2.0/events")
      #expect(page.body.contains(body))
    }
  }

  @Test("with the same id twice are two events, as Box may send them")
  func repeatedIds() async throws {
    try await Simulation.run(.with { $0.events = [#"{"event_id":"a"}"#, #"{"event_id":"a"}"#] }) {
      (simulation) async throws in
      #expect(try await simulation.page().ids == ["a", "a"])
    }
  }

  @Test("through the library are refused by number when they are none")
  func badText() throws {
    let simulator = try BoxSimulator()
    #expect(throws: BoxSimulatorError.badEvent(number: 2, reason: "it is no JSON object")) {
      try simulator.append(["{}", "[3]"])
    }
  }
}
