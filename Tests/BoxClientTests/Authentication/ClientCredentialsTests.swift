import Testing

@testable import BoxClient

@Suite("The client credentials grant", .timeLimit(.minutes(1)))
struct ClientCredentialsTests {
  private func credentials(
    _ transport: ScriptedTransport, subject: ClientCredentials.Subject = .enterprise("778899"), attempts: Int = 3,
    apiURL: String = "https://api.box.com", budget: CallBudget = CallBudget(callsPerMinute: 0)
  ) -> ClientCredentials {
    ClientCredentials(
      clientID: "client id", clientSecret: Secret("s3cr3t+&="), subject: subject,
      endpoint: TokenEndpoint(apiURL: apiURL, transport: transport, budget: budget, limits: .brief(attempts: attempts)))
  }

  @Test(
    "The form names the grant, the app and the subject",
    arguments: [
      (.enterprise("778899"), "box_subject_type=enterprise&box_subject_id=778899"),
      (.user("11446498"), "box_subject_type=user&box_subject_id=11446498"),
    ] as [(ClientCredentials.Subject, String)])
  func form(subject: ClientCredentials.Subject, fields: String) async throws {
    let transport = ScriptedTransport(.token("AT1"))
    let token = try await credentials(transport, subject: subject).newToken()
    #expect(token.value == Secret("AT1"))
    #expect(token.lifetime == .seconds(4123))
    let call = try #require(transport.calls.first)
    #expect(call.method == .POST)
    #expect(call.url == "https://api.box.com/oauth2/token")
    #expect(call.headers["content-type"] == ["application/x-www-form-urlencoded"])
    #expect(!call.headers.contains(name: "authorization"))
    #expect(
      String(decoding: call.body, as: UTF8.self)
        == "grant_type=client_credentials&client_id=client%20id&client_secret=s3cr3t%2B%26%3D&" + fields)
  }

  @Test(
    "The endpoint is below the API's address, with or without a slash at its end",
    arguments: ["http://127.0.0.1:8484", "http://127.0.0.1:8484/", "http://127.0.0.1:8484//"])
  func address(apiURL: String) async throws {
    let transport = ScriptedTransport(.token("AT1"))
    _ = try await credentials(transport, apiURL: apiURL).newToken()
    #expect(transport.calls.map(\.url) == ["http://127.0.0.1:8484/oauth2/token"])
  }

  @Test(
    "A lifetime that makes no sense is none",
    arguments: [
      "", #","expires_in":null"#, #","expires_in":0"#, #","expires_in":-5"#, #","expires_in":1e300"#,
      #","expires_in":1e400"#, #","expires_in":"soon""#, #","expires_in":[3600]"#,
    ])
  func lifetimes(member: String) async throws {
    let transport = ScriptedTransport(.answer(200, #"{"access_token":"AT1"\#(member)}"#))
    let token = try await credentials(transport).newToken()
    #expect(token.value == Secret("AT1"))
    #expect(token.lifetime == nil)
  }

  @Test("What passes is tried again", arguments: [429, 500, 502, 503, 504])
  func retries(status: Int) async throws {
    let budget = CallBudget(callsPerMinute: 0)
    let transport = ScriptedTransport(
      .answer(status, "<html>", ["retry-after": "0"]), .fault(NetworkFault(.timedOut, "slow")), .token("AT3"))
    #expect(try await credentials(transport, budget: budget).newToken().value == Secret("AT3"))
    #expect(budget.usage.calls == 3)
  }

  @Test("What does not pass is the last answer's error")
  func givesUp() async throws {
    let transport = ScriptedTransport(.answer(503), .answer(503), .answer(502, #"{"message":"last"}"#))
    let error = await #expect(throws: BoxAPIError.self) { try await credentials(transport).newToken() }
    #expect(error?.description == "POST /oauth2/token: Box answered 502, last")
    #expect(transport.calls.count == 3)
  }

  @Test(
    "A refusal is told at once, without the secret",
    arguments: [
      (
        400, #"{"error":"invalid_grant","error_description":"Grant credentials are invalid"}"#,
        "POST /oauth2/token: Box answered 400, invalid_grant: Grant credentials are invalid"
      ),
      (
        401, #"{"error":"invalid_client","error_description":"The client credentials are not valid"}"#,
        "POST /oauth2/token: Box answered 401, invalid_client: The client credentials are not valid"
      ),
      (403, "", "POST /oauth2/token: Box answered 403"),
    ])
  func refused(status: Int, body: String, description: String) async throws {
    let transport = ScriptedTransport(.answer(status, body, ["location": "https://elsewhere.example/"]))
    let error = await #expect(throws: BoxAPIError.self) { try await credentials(transport).newToken() }
    #expect(error?.description == description)
    #expect(!String(reflecting: error).contains("s3cr3t"))
    #expect(transport.calls.count == 1)
  }

  @Test(
    "A redirect says nothing about the credentials, and they do not follow it", arguments: [301, 302, 303, 307, 308])
  func redirected(status: Int) async throws {
    let transport = ScriptedTransport(.redirect("https://elsewhere.example/", status: status))
    let fault = await #expect(throws: NetworkFault.self) { try await credentials(transport).newToken() }
    #expect(fault?.kind == .redirectRefused)
    #expect(transport.calls.count == 1)
  }

  @Test(
    "An answer without a usable token is a damaged answer",
    arguments: [
      "", "<html>", "{}", #"{"access_token":""}"#, #"{"access_token":null}"#, #"{"access_token":7}"#,
      #"{"access_token":"two words"}"#, #"{"access_token":"line\r\nX-Evil: 1"}"#, #"{"access_token":"tökén"}"#,
    ])
  func noToken(body: String) async throws {
    let transport = ScriptedTransport(.answer(200, body), .token("AT2"))
    #expect(try await credentials(transport).newToken().value == Secret("AT2"))
    let again = ScriptedTransport(.answer(200, body))
    let fault = await #expect(throws: NetworkFault.self) { try await credentials(again, attempts: 1).newToken() }
    #expect(fault?.description == "POST /oauth2/token: the answer holds no access token")
    #expect(fault?.kind == .broken)
  }

  @Test("A refused token is replaced by asking again, and the call is repeated with the new one")
  func renewal() async throws {
    let transport = ScriptedTransport(.token("AT1"), .answer(401), .token("AT2"), .page("e7"))
    let client = try transport.client(tokens: credentials(transport))
    #expect(try await client.events.getEvents().entries.map(\.id) == ["e7"])
    #expect(transport.calls.map(\.method) == [.POST, .GET, .POST, .GET])
    #expect(transport.calls[1].headers["authorization"] == ["Bearer AT1"])
    #expect(transport.calls[3].headers["authorization"] == ["Bearer AT2"])
  }

  @Test("Where no new token comes, the token endpoint's error is the call's")
  func renewalRefused() async throws {
    let transport = ScriptedTransport(.token("AT1"), .answer(401), .answer(400, #"{"error":"invalid_grant"}"#))
    let client = try transport.client(tokens: credentials(transport))
    let error = await #expect(throws: BoxAPIError.self) { try await client.events.getEvents() }
    #expect(error?.call == "POST /oauth2/token")
    #expect(error?.code == "invalid_grant")
  }
}
