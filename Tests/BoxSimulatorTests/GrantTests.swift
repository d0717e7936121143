import Testing

@testable import BoxSimulator

@Suite("Codes and refresh tokens")
struct GrantTests {
  private func exchange(_ simulation: Simulation, _ form: String) async throws -> (status: Int, JSON) {
    let reply = try await simulation.post("/oauth2/token", "client_id=c&client_secret=s&" + form)
    return (reply.status, try JSON(reply.body))
  }

  @Test("a refresh token is good for one use, and brings the next")
  func rotation() async throws {
    try await Simulation.run { simulation in
      let first = simulation.simulator.issueRefreshToken()
      let (status, granted) = try await exchange(simulation, "grant_type=refresh_token&refresh_token=\(first)")
      #expect(status == 200)
      #expect(granted.keys == ["access_token", "expires_in", "refresh_token", "restricted_to", "token_type"])
      let second = try #require(granted["refresh_token"].string)
      #expect(second != first)
      let (again, refusal) = try await exchange(simulation, "grant_type=refresh_token&refresh_token=\(first)")
      #expect(again == 400)
      #expect(refusal["error"] == .string("invalid_grant"))
      #expect(try await exchange(simulation, "grant_type=refresh_token&refresh_token=\(second)").status == 200)
      #expect(try await exchange(simulation, "grant_type=refresh_token&refresh_token=made-up").status == 400)
    }
  }

  @Test("a code is good for one use within its thirty seconds")
  func codes() async throws {
    let clock = TestClock("2026-01-05T09:00:00-08:00")
    try await Simulation.run(.with { $0.clock = clock.now }) { simulation in
      let code = simulation.simulator.issueCode()
      clock.advance(seconds: 29)
      let once = try await exchange(simulation, "grant_type=authorization_code&code=\(code)")
      #expect(once.status == 200)
      let twice = try await exchange(simulation, "grant_type=authorization_code&code=\(code)")
      #expect(twice.status == 400)
      let late = simulation.simulator.issueCode()
      clock.advance(seconds: 30)
      let tooLate = try await exchange(simulation, "grant_type=authorization_code&code=\(late)")
      #expect(tooLate.status == 400)
    }
  }

  @Test("the authorization page sends the browser back with a code and the state, to registered URIs alone")
  func page() async throws {
    let query = "response_type=code&client_id=c&state=a%26b&redirect_uri="
    try await Simulation.run(.with { $0.app.redirectURIs = ["http://127.0.0.1:1/cb"] }) { simulation in
      let reply = try await simulation.reply("GET", "/api/oauth2/authorize?\(query)http%3A%2F%2F127.0.0.1%3A1%2Fcb")
      #expect(reply.status == 302)
      let location = try #require(reply.headers["location"])
      #expect(location.hasPrefix("http://127.0.0.1:1/cb?code="))
      #expect(location.hasSuffix("&state=a%26b"))
      let code = try #require(location.split(separator: "=").dropFirst().first?.split(separator: "&").first)
      #expect(try await exchange(simulation, "grant_type=authorization_code&code=\(code)").status == 200)
      let other = try await simulation.reply("GET", "/api/oauth2/authorize?\(query)http%3A%2F%2Felsewhere")
      #expect(other.status == 400)
    }
  }

  @Test("a text that is no JWT is no assertion", arguments: ["", "a.b", "a.b.c", "e30.e30.e30=", "e30.e30.e30"])
  func assertions(text: String) async throws {
    try await Simulation.run { simulation in
      let grant = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=\(text)"
      let (status, refusal) = try await exchange(simulation, grant)
      #expect(status == 400)
      #expect(refusal["error"] == .string("invalid_request"))
    }
  }
}
