import Testing

@testable import BoxClient

@Suite("As-User", .timeLimit(.minutes(1)))
struct AsUserTests {
  @Test("Every call is made as the user: OPTIONS, the poll and calls of rules too; asking for a token is not")
  func everyCall() async throws {
    let realtime =
      #"{"entries":[{"url":"https://2.realtime.services.box.com/s?channel=1","ttl":"10","max_retries":"10","#
      + #""retry_timeout":610}]}"#
    let transport = ScriptedTransport(
      .token("AT1"), .answer(200, realtime), .answer(200, #"{"message":"new_change"}"#), .page(), .answer(200, "{}"))
    let tokens = ClientCredentials(
      clientID: "c", clientSecret: Secret("s"), subject: .enterprise("1"),
      endpoint: TokenEndpoint(
        apiURL: "https://api.box.com", transport: transport, budget: CallBudget(callsPerMinute: 0)))
    let client = try transport.client(tokens: tokens, asUser: "77")
    let server = try #require(try await client.events.getEventsWithLongPolling().entries.first)
    _ = try await client.events.poll(server, streamPosition: .now)
    _ = try await client.events.getEvents()
    _ = try await client.call(.GET, "/users/me")
    let calls = transport.calls
    #expect(calls.map(\.method) == [.POST, .OPTIONS, .GET, .GET, .GET])
    #expect(calls.map { $0.headers.first(name: "as-user") } == [nil, "77", "77", "77", "77"])
  }
}
