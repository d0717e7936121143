import BoxSimulator
import Foundation
import NIOHTTP1
import Testing

@testable import BoxClient

@Suite("Refresh tokens", .timeLimit(.minutes(1)))
struct RefreshingTokensTests {
  private func source(
    _ file: CredentialFile, _ transport: any HTTPTransport, apiURL: String = "https://api.box.com",
    clientSecret: Secret? = nil
  ) -> RefreshingTokens {
    RefreshingTokens(
      account: "a", file: file, apiURL: apiURL, clientSecret: clientSecret,
      endpoint: TokenEndpoint(
        apiURL: apiURL, transport: transport, budget: CallBudget(callsPerMinute: 0), limits: .brief(attempts: 3)))
  }

  private static func pair(_ number: Int) -> ScriptedTransport.Step {
    .answer(200, #"{"access_token":"AT\#(number)","expires_in":3600,"refresh_token":"RT\#(number)"}"#)
  }

  private static let used = ScriptedTransport.Step.answer(
    400, #"{"error":"invalid_grant","error_description":"Refresh token has expired"}"#)

  private static func refreshToken(_ call: HTTPCall) -> String? {
    Query.decode(String(decoding: call.body, as: UTF8.self))["refresh_token"]
  }

  @Test("A stored access token with an hour to live is used as it is, and renewed when it was refused")
  func stored() async throws {
    let scratch = try Scratch()
    let file = CredentialFile(directory: scratch.path)
    try file.store(.example("RT1", endsAt: WallClock.now.seconds + 3600), for: "a")
    let transport = ScriptedTransport(Self.pair(2))
    let source = source(file, transport)
    #expect(try await source.newToken().value == Secret("AT1"))
    #expect(transport.calls.isEmpty)
    #expect(try await source.newToken().value == Secret("AT2"))
    #expect(Self.refreshToken(transport.calls[0]) == "RT1")
  }

  @Test("The new pair is in the file before its access token is handed out, the used one beside it")
  func rotation() async throws {
    let scratch = try Scratch()
    let file = CredentialFile(directory: scratch.path)
    try file.store(.example("RT1", endsAt: WallClock.now.seconds - 1), for: "a")
    let transport = ScriptedTransport(Self.pair(2), Self.pair(3))
    let source = source(file, transport, clientSecret: Secret("rotated"))
    #expect(try await source.newToken().value == Secret("AT2"))
    #expect(try await source.newToken().value == Secret("AT3"))
    let stored = try #require(try file.credentials(of: "a"))
    #expect(stored.accessToken == Secret("AT3"))
    #expect(stored.refreshToken == Secret("RT3"))
    #expect(stored.previousRefreshToken == Secret("RT2"))
    #expect(transport.calls.map { Self.refreshToken($0) } == ["RT1", "RT2"])
    let form = Query.decode(String(decoding: transport.calls[0].body, as: UTF8.self))
    #expect(form["grant_type"] == "refresh_token")
    #expect(form["client_id"] == "client-1")
    #expect(form["client_secret"] == "rotated")
    // The API took it: whoever renews next need not be given it.
    #expect(stored.clientSecret == Secret("rotated"))
    #expect(try scratch.mode("credentials.json") == 0o600)
  }

  @Test("Where the stored one is used up, the one before is tried")
  func previous() async throws {
    let scratch = try Scratch()
    let file = CredentialFile(directory: scratch.path)
    var credentials = StoredCredentials.example("RT2", endsAt: 0)
    credentials.previousRefreshToken = Secret("RT1")
    try file.store(credentials, for: "a")
    let transport = ScriptedTransport(Self.used, Self.pair(3))
    #expect(try await source(file, transport).newToken().value == Secret("AT3"))
    #expect(transport.calls.map { Self.refreshToken($0) } == ["RT2", "RT1"])
    #expect(try file.credentials(of: "a")?.refreshToken == Secret("RT3"))
  }

  @Test("Where none is good any more, the sign-in has ended, and the error says how to sign in")
  func ended() async throws {
    let scratch = try Scratch()
    let file = CredentialFile(directory: scratch.path)
    try file.store(.example("RT-secret", endsAt: 0), for: "a")
    let before = try scratch.read("credentials.json")
    let error = await #expect(throws: AuthenticationFailed.self) {
      _ = try await source(file, ScriptedTransport(Self.used)).newToken()
    }
    #expect(error?.description.contains("boxwatch login --account a") == true)
    #expect(error?.description.contains("RT-secret") == false)
    #expect(try scratch.read("credentials.json") == before)
  }

  @Test("A refusal of the app is told as it is: no other refresh token is spent on it")
  func wrongApp() async throws {
    let scratch = try Scratch()
    let file = CredentialFile(directory: scratch.path)
    var credentials = StoredCredentials.example("RT2", endsAt: 0)
    credentials.previousRefreshToken = Secret("RT1")
    try file.store(credentials, for: "a")
    let transport = ScriptedTransport(.answer(400, #"{"error":"invalid_client"}"#))
    let error = await #expect(throws: BoxAPIError.self) {
      _ = try await source(file, transport, clientSecret: Secret("gu3ssed")).newToken()
    }
    #expect(error?.code == "invalid_client")
    #expect(try file.credentials(of: "a") == credentials)
    #expect(transport.calls.count == 1)
  }

  @Test("Tokens of another API are not used")
  func otherAPI() async throws {
    let scratch = try Scratch()
    let file = CredentialFile(directory: scratch.path)
    try file.store(.example(endsAt: WallClock.now.seconds + 3600), for: "a")
    let transport = ScriptedTransport()
    let error = await #expect(throws: TokenUnavailable.self) {
      _ = try await source(file, transport, apiURL: "https://elsewhere.example").newToken()
    }
    #expect(error?.description.contains("https://api.box.com") == true)
    #expect(transport.calls.isEmpty)
  }

  @Test("A pair that the disk would not take is kept, stored as soon as it does, and not used before")
  func diskFails() async throws {
    let scratch = try Scratch()
    let file = CredentialFile(directory: scratch.path)
    try file.store(.example("RT1", endsAt: 0), for: "a")
    // A folder of that name: the file cannot be written, while the trial beside it can.
    try FileManager.default.createDirectory(
      atPath: scratch.file("credentials.json.new"), withIntermediateDirectories: false)
    let transport = ScriptedTransport(Self.pair(2))
    let source = source(file, transport)
    for _ in 0..<2 {
      let error = await #expect(throws: CredentialFileError.self) { _ = try await source.newToken() }
      #expect(error?.kind == .cannotWrite)
    }
    #expect(try file.credentials(of: "a")?.refreshToken == Secret("RT1"))
    try FileManager.default.removeItem(atPath: scratch.file("credentials.json.new"))
    #expect(try await source.newToken().value == Secret("AT2"))
    #expect(try file.credentials(of: "a")?.refreshToken == Secret("RT2"))
    // One request in all.
    #expect(transport.calls.count == 1)
  }

  @Test("Processes that need a token at once make one request: the others find what it brought")
  func together() async throws {
    let scratch = try Scratch()
    var configuration = BoxSimulator.Configuration()
    configuration.backlog = 0
    configuration.token = "only issued ones"
    let simulator = try BoxSimulator(configuration)
    try await withSimulator(simulator) { transport, url in
      let file = CredentialFile(directory: scratch.path)
      var credentials = StoredCredentials.example(simulator.issueRefreshToken(), endsAt: 0)
      credentials.apiURL = url
      try file.store(credentials, for: "a")
      let values = try await withThrowingTaskGroup(of: Secret.self) { group in
        for _ in 0..<8 {
          group.addTask { try await self.source(file, transport, apiURL: url).newToken().value }
        }
        return try await group.reduce(into: Set<Secret>()) { $0.insert($1) }
      }
      #expect(values.count == 1)
      #expect(simulator.statistics.tokensIssued == 1)
      // Spent tokens are refused by it, and the chain goes on from the file.
      let later = self.source(file, transport, apiURL: url)
      #expect(try await later.newToken().value == values.first)
      #expect(try await later.newToken().value != values.first)
      #expect(simulator.statistics.tokensIssued == 2)
    }
  }
}
