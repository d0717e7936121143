import Testing

@testable import BoxClient

@Suite("A secret")
struct SecretTests {
  private static let text = "hunter2-geheim"

  /// Every way in which a value becomes text without being asked for its secret.
  private func words(of value: Any) -> String {
    var dumped = ""
    dump(value, to: &dumped)
    return [dumped, "\(value)", String(describing: value), String(reflecting: value)].joined(separator: "\n")
  }

  @Test("It prints as three stars, in every way, and is there when it is asked for")
  func stars() {
    let secret = Secret(Self.text)
    #expect("\(secret)" == "***")
    #expect(String(reflecting: secret) == "***")
    #expect("\([secret])" == "[***]")
    #expect("\(["key": secret])" == "[\"key\": ***]")
    #expect("\(Optional(secret) as Any)".contains("***"))
    #expect(!words(of: secret).contains("hunter2"))
    #expect(Mirror(reflecting: secret).children.isEmpty)
    #expect(secret.revealed == Self.text)
    #expect(secret == Secret(Self.text) && secret != Secret("other"))
  }

  @Test("What holds it does not show it")
  func holders() async throws {
    let secret = Secret(Self.text)
    let transport = ScriptedTransport()
    let budget = CallBudget(callsPerMinute: 0)
    let credentials = ClientCredentials(
      clientID: "id", clientSecret: secret, subject: .enterprise("1"),
      endpoint: TokenEndpoint(apiURL: "https://api.box.com", transport: transport, budget: budget))
    let keeper = TokenKeeper(DeveloperToken(secret))
    let lease = try await keeper.token()
    let client = try BoxClient(tokens: keeper, transport: transport, budget: budget)
    let holders: [Any] = [
      AccessToken(secret, lifetime: .seconds(1)), DeveloperToken(secret), credentials, keeper, lease, client,
      client.events, [lease], Optional(credentials) as Any,
    ]
    for holder in holders { #expect(!words(of: holder).contains("hunter2"), "\(type(of: holder))") }
  }

  @Test("A developer token is handed out once; then the advice says what to do")
  func developerToken() async throws {
    let source = DeveloperToken(Secret(Self.text))
    #expect(try await source.newToken().value.revealed == Self.text)
    let unavailable = await #expect(throws: TokenUnavailable.self) { try await source.newToken() }
    #expect(unavailable?.description.contains("developer console") == true)
    #expect(unavailable?.description.contains("BOX_DEVELOPER_TOKEN") == true)
    #expect(!words(of: unavailable as Any).contains("hunter2"))
  }

  @Test("It does not show in the errors of calls that carried it")
  func errors() async throws {
    let transport = ScriptedTransport(
      .answer(401, "", ["www-authenticate": #"Bearer error="invalid_token""#]),
      .answer(400, #"{"code":"bad_request"}"#),
      .fault(NetworkFault(.broken, "gone")), .answer(200, "<html>"))
    let client = try transport.client(tokens: DeveloperToken(Secret(Self.text)), attempts: 1)
    for _ in 0..<4 {
      let error = await #expect(throws: (any Error).self) { try await client.events.getEvents() }
      #expect(!words(of: error as Any).contains("hunter2"))
    }
    #expect(transport.calls.map { $0.headers["authorization"] } == Array(repeating: ["Bearer \(Self.text)"], count: 4))
  }
}
