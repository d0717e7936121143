import BoxSimulator
import Foundation
import NIOHTTP1
import Testing

@testable import BoxClient

@Suite("JWT", .timeLimit(.minutes(1)))
struct JWTTokensTests {
  private func configuration(_ more: String = "", key: String = OpenSSL.key.privatePEM) throws -> JWTConfiguration {
    try JWTConfiguration(OpenSSL.configuration(key, more: more), place: "f")
  }

  private func tokens(
    _ transport: any HTTPTransport, apiURL: String = "https://api.box.com", more: String = "",
    subject: ClientCredentials.Subject? = nil, audience: String? = nil
  ) throws -> JWTTokens {
    try JWTTokens(
      try configuration(more), subject: subject, audience: audience,
      endpoint: TokenEndpoint(
        apiURL: apiURL, transport: transport, budget: CallBudget(callsPerMinute: 0), limits: .brief(attempts: 3)))
  }

  /// The claims of the assertion in a call's form.
  private func claims(_ call: HTTPCall) throws -> [String: Any] {
    let form = Query.decode(String(decoding: call.body, as: UTF8.self))
    let part = String(try #require(form["assertion"]?.split(separator: ".").dropFirst().first))
    let plain = part.replacing("-", with: "+").replacing("_", with: "/")
    let padded = plain + String(repeating: "=", count: (4 - plain.count % 4) % 4)
    let data = try #require(Data(base64Encoded: padded))
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  @Test("The assertion claims what Box asks for, at the API's address, for Box's own audience")
  func claims() async throws {
    let transport = ScriptedTransport(.token("AT1"), .token("AT2"))
    let tokens = try tokens(transport, apiURL: "http://127.0.0.1:8484")
    let before = WallClock.now.seconds
    #expect(try await tokens.newToken().value == Secret("AT1"))
    #expect(try await tokens.newToken().value == Secret("AT2"))
    let calls = transport.calls
    #expect(calls.map(\.url) == Array(repeating: "http://127.0.0.1:8484/oauth2/token", count: 2))
    let form = Query.decode(String(decoding: calls[0].body, as: UTF8.self))
    #expect(form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer")
    #expect(form["client_id"] == "client-1")
    #expect(form["client_secret"] == "s3cret-of-app")
    let (first, second) = (try claims(calls[0]), try claims(calls[1]))
    #expect(first["iss"] as? String == "client-1")
    #expect(first["sub"] as? String == "1234567")
    #expect(first["box_sub_type"] as? String == "enterprise")
    #expect(first["aud"] as? String == "https://api.box.com/oauth2/token")
    let end = try #require(first["exp"] as? Int64)
    #expect((before + 1...before + 60).contains(end))
    let (id, other) = (try #require(first["jti"] as? String), try #require(second["jti"] as? String))
    #expect((16...128).contains(id.count))
    #expect(id != other)
  }

  @Test("A user, and an audience of one's own")
  func user() async throws {
    let transport = ScriptedTransport(.token("AT1"))
    _ = try await tokens(transport, subject: .user("77"), audience: "https://box.example/token").newToken()
    let claims = try claims(transport.calls[0])
    #expect(claims["sub"] as? String == "77")
    #expect(claims["box_sub_type"] as? String == "user")
    #expect(claims["aud"] as? String == "https://box.example/token")
  }

  @Test("An attempt after a passing failure carries an assertion of its own")
  func retried() async throws {
    let transport = ScriptedTransport(.answer(503), .token("AT1"))
    _ = try await tokens(transport).newToken()
    let calls = transport.calls
    #expect(try claims(calls[0])["jti"] as? String != claims(calls[1])["jti"] as? String)
  }

  private static func complaint(_ text: String, date: String? = nil) -> ScriptedTransport.Step {
    .answer(
      400, #"{"error":"invalid_grant","error_description":"\#(text)"}"#, date.map { ["date": $0] } ?? HTTPHeaders())
  }

  @Test(
    "Where Box complains of the time, its own clock counts, and a new assertion goes out",
    arguments: [
      "Current date/time MUST be before the expiration date/time listed in the 'exp' claim",
      "Please check the 'exp' claim.", "Please check the 'jti' claim. A unique 'jti' value is required.",
    ])
  func skew(text: String) async throws {
    let transport = ScriptedTransport(
      Self.complaint(text, date: "Tue, 01 Jan 2030 00:00:00 GMT"), .token("AT1"), .token("AT2"))
    let tokens = try tokens(transport)
    #expect(try await tokens.newToken().value == Secret("AT1"))
    _ = try await tokens.newToken()
    let all = try transport.calls.map { try claims($0) }
    #expect(all[0]["jti"] as? String != all[1]["jti"] as? String)
    for later in all[1...] {
      let end = try #require(later["exp"] as? Int64)
      // From then on, too. A minute for the test itself.
      #expect((1_893_456_001...1_893_456_120).contains(end))
    }
  }

  @Test("A second complaint, and any other refusal, is final")
  func final() async throws {
    let twice = ScriptedTransport(Self.complaint("Please check the 'exp' claim."), Self.complaint("the 'exp' claim"))
    await #expect(throws: BoxAPIError.self) { _ = try await tokens(twice).newToken() }
    #expect(twice.calls.count == 2)
    let other = ScriptedTransport(Self.complaint("Please check the 'aud' claim."))
    await #expect(throws: BoxAPIError.self) { _ = try await tokens(other).newToken() }
    #expect(other.calls.count == 1)
  }

  @Test("Without an enterprise and a user there is nobody to be")
  func noSubject() throws {
    let text = String(decoding: OpenSSL.configuration(OpenSSL.key.privatePEM), as: UTF8.self)
    let file = try JWTConfiguration(Array(text.replacing("1234567", with: "0").utf8), place: "f")
    #expect(throws: JWTConfigurationError.self) {
      _ = try JWTTokens(
        file, endpoint: TokenEndpoint(apiURL: "http://x", transport: ScriptedTransport(), budget: CallBudget()))
    }
  }

  // MARK: Against the simulator's endpoint, which verifies.

  private func app(_ adjust: (inout BoxSimulator.App) -> Void = { _ in }) -> BoxSimulator.Configuration {
    var configuration = BoxSimulator.Configuration()
    configuration.backlog = 0
    configuration.token = "only issued ones"
    configuration.app.clientID = "client-1"
    configuration.app.clientSecret = "s3cret-of-app"
    configuration.app.publicKey = OpenSSL.key.publicPEM
    configuration.app.publicKeyID = "kid00001"
    configuration.app.enterpriseID = "1234567"
    adjust(&configuration.app)
    return configuration
  }

  @Test("A verified assertion brings a token that the API takes", arguments: ["", "RS256", "RS384", "RS512"])
  func accepted(algorithm: String) async throws {
    let more = algorithm.isEmpty ? "" : ",\"algorithm\":\"\(algorithm)\""
    try await withSimulator(try BoxSimulator(app())) { transport, url in
      let keeper = TokenKeeper(try tokens(transport, apiURL: url, more: more))
      let client = try BoxClient(apiURL: url, tokens: keeper, transport: transport)
      #expect(try await client.currentUser().id == "10000000001")
    }
  }

  @Test(
    "What the app or the claims have wrong is refused",
    arguments: [
      ("another key", "signature"), ("another kid", "kid"), ("another audience", "'aud'"), ("another app", "client"),
      ("another enterprise", "Grant credentials are invalid"), ("another secret", "client credentials"),
    ])
  func refused(what: String, reason: String) async throws {
    let configuration = app { app in
      switch what {
      case "another key":
        let other = try! OpenSSL.run(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"])
        app.publicKey = try! OpenSSL.run(["pkey", "-pubout"], input: other)
      case "another kid": app.publicKeyID = "kid00002"
      case "another audience": app.audience = "https://elsewhere.example/token"
      case "another app": app.clientID = "client-2"
      case "another enterprise": app.enterpriseID = "7654321"
      default: app.clientSecret = "another"
      }
    }
    try await withSimulator(try BoxSimulator(configuration)) { transport, url in
      let error = await #expect(throws: BoxAPIError.self) {
        _ = try await tokens(transport, apiURL: url).newToken()
      }
      #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
      #expect(error?.description.contains("s3cret-of-app") == false)
    }
  }

  @Test("An assertion that ends too late, has ended, or comes twice is refused")
  func times() async throws {
    let assertion = JWTAssertion(
      configuration: try configuration(), subject: .enterprise("1234567"), audience: JWTAssertion.boxAudience)
    try await withSimulator(try BoxSimulator(app())) { transport, url in
      let endpoint = TokenEndpoint(
        apiURL: url, transport: transport, budget: CallBudget(callsPerMinute: 0), limits: .brief(attempts: 1))
      func post(_ signed: String) async throws {
        _ = try await endpoint.request {
          [
            ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", signed),
            ("client_id", "client-1"), ("client_secret", "s3cret-of-app"),
          ]
        }
      }
      let now = WallClock.now.seconds
      for (moment, reason) in [(now + 600, "at most 60 seconds"), (now - 600, "Current date/time")] {
        let error = await #expect(throws: BoxAPIError.self) { try await post(assertion.signed(now: moment)) }
        #expect(error?.description.contains(reason) == true)
      }
      let once = try assertion.signed(now: now)
      try await post(once)
      let error = await #expect(throws: BoxAPIError.self) { try await post(once) }
      #expect(error?.description.contains("'jti'") == true)
    }
  }
}
