import Testing

@testable import BoxSimulator

@Suite("Requests for something else")
struct RoutingTests {
  @Test(
    "an unknown path gets 404 with Box's error body", arguments: ["/", "/2.0/files/1", "/2.0/events/", "/_simulator/x"])
  func unknownPath(path: String) async throws {
    try await Simulation.run { simulation in
      let reply = try await simulation.reply("GET", path)
      #expect(reply.status == 404)
      let error = try JSON(reply.body)
      #expect(error["type"] == .string("error"))
      #expect(error["code"] == .string("not_found"))
      #expect(error["request_id"].string?.isEmpty == false)
    }
  }

  @Test(
    "a wrong method gets 405, naming the right ones",
    arguments: [
      ("POST", "/2.0/events", "GET, OPTIONS"), ("DELETE", "/2.0/users/me", "GET"), ("GET", "/oauth2/token", "POST"),
      ("POST", "/realtime/subscribe", "GET"),
    ])
  func wrongMethod(method: String, path: String, allowed: String) async throws {
    try await Simulation.run { simulation in
      let reply = try await simulation.reply(method, path)
      #expect(reply.status == 405)
      #expect(reply.headers["allow"] == allowed)
      #expect(try JSON(reply.body)["code"] == .string("method_not_allowed"))
    }
  }

  @Test("every answer has a box-request-id of its own")
  func requestIds() async throws {
    try await Simulation.run { simulation in
      var ids: Set<String> = []
      for target in ["/2.0/events", "/2.0/events?limit=x", "/2.0/users/me", "/nothing", "/_simulator/stats"] {
        let id = try #require(try await simulation.reply("GET", target).headers["box-request-id"])
        #expect(!id.isEmpty)
        ids.insert(id)
      }
      #expect(ids.count == 5)
    }
  }
}
