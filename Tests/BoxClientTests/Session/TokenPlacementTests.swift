import BoxClient
import Testing

@Suite("The token on its way to a real-time server", .timeLimit(.minutes(1)))
struct TokenPlacementTests {
  @Test(
    "The token and As-User go only where they may",
    arguments: [
      ("https://api.box.com", "https://api.box.com/s?channel=1", true),
      ("https://api.box.com", "https://2.realtime.services.box.net/s?channel=1", true),
      ("https://api.box.com", "https://realtime.box.com:444/s", true),
      ("https://api.box.com", "http://2.realtime.services.box.net/s?channel=1", false),
      ("https://api.box.com", "http://api.box.com/s", false),
      ("https://api.box.com", "https://realtime.example/s", false),
      ("https://api.box.com", "https://notbox.com/s", false),
      ("https://api.box.com", "https://box.com.evil.example/s", false),
      ("https://api.box.com", "https://api.box.com@evil.example/s", false),
      ("https://api.box.com", "https://evil.example/\u{301}.box.com/s", false),
      ("https://api.box.com", "https://evil.example%00.box.com/s", false),
      ("https://api.box.com", "no url at all", false),
      ("http://127.0.0.1:8484", "http://127.0.0.1:9191/s", true),
      ("http://127.0.0.1:8484", "http://127.0.0.2:8484/s", false),
    ])
  func placement(apiURL: String, url: String, carries: Bool) async throws {
    let transport = ScriptedTransport(.answer(200, #"{"message":"new_change"}"#))
    let client = try transport.client(apiURL: apiURL, asUser: "7")
    let message = try await client.events.poll(
      RealtimeServer(url: url), streamPosition: nil, headers: ["Authorization": "Bearer forged"])
    #expect(message == .newChange)
    let call = try #require(transport.calls.first)
    #expect(call.headers["authorization"] == (carries ? ["Bearer T-1"] : []))
    #expect(call.headers["as-user"] == (carries ? ["7"] : []))
  }
}
