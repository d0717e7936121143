import Testing

@testable import BoxSimulator

@Suite("Tokens and users")
struct AccessTests {
  private let form =
    "grant_type=client_credentials&client_id=c&client_secret=s%2B1&box_subject_type=enterprise&box_subject_id=1"

  private func token(_ simulation: Simulation, _ form: String) async throws -> String {
    let reply = try await simulation.post("/oauth2/token", form)
    try #require(reply.status == 200, "\(reply.text)")
    return try #require(try JSON(reply.body)["access_token"].string)
  }

  @Test(
    "a missing or wrong bearer gets 401 with an empty body",
    arguments: [[:], ["Authorization": "Bearer wrong"], ["Authorization": "Basic T"], ["Authorization": "Bearer "]])
  func unauthorized(headers: [String: String]) async throws {
    try await Simulation.run(.with { $0.token = "T" }) { simulation in
      for (method, path) in [("GET", "/2.0/events"), ("OPTIONS", "/2.0/events"), ("GET", "/2.0/users/me")] {
        let reply = try #require(try await simulation.http.send(method, path, headers: headers))
        #expect(reply.status == 401)
        #expect(reply.body.isEmpty)
        #expect(reply.headers["content-length"] == "0")
        #expect(
          reply.headers["www-authenticate"]
            == #"Bearer realm="Service", error="invalid_token", error_description="The access token provided is invalid.""#
        )
      }
      #expect(try await simulation.reply("GET", "/2.0/events").status == 200)
    }
  }

  @Test("any bearer is taken where none is configured")
  func anyBearer() async throws {
    try await Simulation.run { simulation in
      for header in ["Bearer x", "bearer y"] {
        let reply = try await simulation.reply("GET", "/2.0/events", headers: ["Authorization": header])
        #expect(reply.status == 200)
      }
      #expect(try await simulation.http.send("GET", "/2.0/events")?.status == 401)
    }
  }

  @Test("the client credentials grant issues tokens that end after their lifetime")
  func clientCredentials() async throws {
    let clock = TestClock("2026-01-05T09:00:00-08:00")
    try await Simulation.run(
      .with {
        $0.clock = clock.now
        $0.token = "T"
        $0.clientSecret = "s+1"
        $0.tokenLifetime = .seconds(60)
      }
    ) { simulation in
      let reply = try await simulation.post("/oauth2/token", form)
      let json = try JSON(reply.body)
      #expect(json.keys == ["access_token", "expires_in", "restricted_to", "token_type"])
      #expect(json["expires_in"] == .integer(60))
      #expect(json["token_type"] == .string("bearer"))
      #expect(json["restricted_to"] == .array([]))
      let token = try #require(json["access_token"].string)
      let headers = ["Authorization": "Bearer \(token)"]
      clock.advance(seconds: 59)
      #expect(try await simulation.reply("GET", "/2.0/events", headers: headers).status == 200)
      clock.advance(seconds: 1)
      #expect(try await simulation.reply("GET", "/2.0/events", headers: headers).status == 401)
      #expect(try await self.token(simulation, form) != token)
      #expect(simulation.simulator.statistics.tokensIssued == 2)
    }
  }

  @Test(
    "a request for a token that lacks something is refused in the words of OAuth",
    arguments: [
      ("grant_type=password", "unsupported_grant_type"), ("", "unsupported_grant_type"),
      ("grant_type=client_credentials&client_id=c", "invalid_client"),
      (
        "grant_type=client_credentials&client_id=c&client_secret=wrong&box_subject_type=user&box_subject_id=1",
        "invalid_client"
      ),
      (
        "grant_type=client_credentials&client_id=c&client_secret=s&box_subject_type=robot&box_subject_id=1",
        "invalid_grant"
      ),
      ("grant_type=client_credentials&client_id=c&client_secret=s&box_subject_type=user", "invalid_grant"),
    ])
  func refusedGrants(form: String, error: String) async throws {
    try await Simulation.run(.with { $0.clientSecret = "s" }) { simulation in
      let reply = try await simulation.post("/oauth2/token", form)
      #expect(reply.status == 400)
      let json = try JSON(reply.body)
      #expect(json.keys == ["error", "error_description"])
      #expect(json["error"] == .string(error))
    }
  }

  @Test("As-User, or a token made out for a user, shows what that user did or owns")
  func ownStreams() async throws {
    let given = [
      #"{"event_id":"did","event_type":"ITEM_UPLOAD","created_by":{"id":"7"},"source":{"owned_by":{"id":"8"}}}"#,
      #"{"event_id":"owns","event_type":"ITEM_UPLOAD","created_by":{"id":"8"},"source":{"owned_by":{"id":"7"}}}"#,
      #"{"event_id":"neither","event_type":"ITEM_UPLOAD","created_by":{"id":"8"},"source":null}"#,
      #"{"event_id":"number","event_type":"ITEM_UPLOAD","created_by":{"id":7}}"#,
      // Only the content's owner is told of previews and downloads.
      #"{"event_id":"saw","event_type":"ITEM_PREVIEW","created_by":{"id":"7"},"source":{"owned_by":{"id":"8"}}}"#,
    ]
    try await Simulation.run(.with { $0.events = given }) { simulation in
      let own = ["did", "owns", "number"]
      #expect(try await simulation.page("", headers: ["As-User": "7"]).ids == own)
      #expect(try await simulation.page("", headers: ["As-User": "99"]).ids == [])
      #expect(try await simulation.page("stream_type=admin_logs", headers: ["As-User": "7"]).ids.count == 5)
      #expect(try await simulation.page().ids.count == 5)
      let userForm = form.replacing("enterprise", with: "user").replacing("subject_id=1", with: "subject_id=7")
      let token = try await token(simulation, userForm)
      #expect(try await simulation.page("", headers: ["Authorization": "Bearer \(token)"]).ids == own)
      let headers = ["Authorization": "Bearer \(token)", "As-User": "8"]
      #expect(try await simulation.page("", headers: headers).ids == ["did", "owns", "neither", "saw"])
      let account = try await self.token(simulation, form)
      #expect(try await simulation.page("", headers: ["Authorization": "Bearer \(account)"]).ids.count == 5)
    }
  }

  @Test("a user's own pages connect, and overlap like others")
  func ownPages() async throws {
    try await Simulation.run(.with { $0.backlog = 3000 }) { simulation in
      let user = "10000000003"
      let pages = try await simulation.pages("limit=10", headers: ["As-User": user])
      try #require(pages.count > 2)
      for page in pages {
        for event in page.events {
          let isTheirs =
            event["created_by"]["id"].string == user || event["source"]["owned_by"]["id"].string == user
            || event["source"]["item"]["owned_by"]["id"].string == user
          #expect(isTheirs)
        }
      }
      #expect(pages[0].ids.last == pages[1].ids.first)
    }
  }

  @Test("users/me is the administrator, or whom As-User names")
  func currentUser() async throws {
    try await Simulation.run { simulation in
      let me = try JSON(try await simulation.reply("GET", "/2.0/users/me").body)
      #expect(me["type"] == .string("user"))
      #expect(me["id"] == .string("10000000001"))
      #expect(me["login"].string?.contains("@") == true)
      let other = try await simulation.reply("GET", "/2.0/users/me", headers: ["As-User": "10000000002"])
      #expect(try JSON(other.body)["name"] == .string("Bo Sørensen"))
      let unknown = try await simulation.reply("GET", "/2.0/users/me", headers: ["As-User": "55"])
      #expect(try JSON(unknown.body)["id"] == .string("55"))
    }
  }
}
