import BoxClient
import NIOHTTP1
import Testing

@Suite("What is asked of Box", .timeLimit(.minutes(1)))
struct RequestTests {
  static let servers = ScriptedTransport.Step.answer(
    200, #"{"chunk_size":1,"entries":[{"type":"realtime_server","url":"https://realtime.box.com/s?channel=c"}]}"#)
  static let server = RealtimeServer(url: "https://2.realtime.services.box.net/subscribe?channel=c1&stream_type=all")

  @Test("GET /events with all six parameters")
  func allParameters() async throws {
    let transport = ScriptedTransport(.page())
    let parameters = GetEventsQueryParams(
      streamType: .adminLogs, streamPosition: StreamPosition("1451002006633;5cdb8971-089a"), limit: 500,
      eventType: ["UPLOAD", "SOME_NEW TYPE"], createdAfter: Timestamp("2026-01-05T09:14:00+02:00"),
      createdBefore: Timestamp("2026-01-06T00:00:00.75Z"))
    let events = try await transport.client().events.getEvents(queryParams: parameters)
    #expect(events.entries.map(\.id) == ["e1"])
    let call = try #require(transport.calls.first)
    #expect(call.method == .GET)
    #expect(
      call.url
        == "https://api.box.com/2.0/events?stream_type=admin_logs&stream_position=1451002006633%3B5cdb8971-089a&limit=500"
        + "&event_type=UPLOAD%2CSOME_NEW%20TYPE&created_after=2026-01-05T07%3A14%3A00-00%3A00"
        + "&created_before=2026-01-06T00%3A00%3A00-00%3A00")
    #expect(
      call.headers.sorted { $0.name < $1.name }.map { "\($0.name): \($0.value)" }
        == ["accept: application/json", "authorization: Bearer T-1", "user-agent: tests/1"])
    #expect(call.body.isEmpty)
    #expect(call.patience == .ordinary)
  }

  @Test("GET /events without parameters leaves all to Box")
  func noParameters() async throws {
    let transport = ScriptedTransport(.page(), .page())
    let client = try transport.client()
    _ = try await client.events.getEvents()
    _ = try await client.events.getEvents(queryParams: .init(streamPosition: .now, eventType: []))
    #expect(
      transport.calls.map(\.url)
        == ["https://api.box.com/2.0/events", "https://api.box.com/2.0/events?stream_position=now"])
  }

  @Test("OPTIONS /events with and without a stream type")
  func options() async throws {
    let transport = ScriptedTransport(Self.servers, Self.servers)
    let client = try transport.client()
    _ = try await client.events.getEventsWithLongPolling()
    let servers = try await client.events.getEventsWithLongPolling(streamType: .changes)
    #expect(servers.first?.url == "https://realtime.box.com/s?channel=c")
    #expect(transport.calls.map(\.method) == [.OPTIONS, .OPTIONS])
    #expect(
      transport.calls.map(\.url)
        == ["https://api.box.com/2.0/events", "https://api.box.com/2.0/events?stream_type=changes"])
    #expect(transport.calls.allSatisfy { $0.headers["authorization"] == ["Bearer T-1"] && $0.body.isEmpty })
  }

  @Test("A poll goes to the server's own URL with the position behind its query, as long as the server says")
  func poll() async throws {
    let transport = ScriptedTransport(
      .answer(200, #"{"version":1,"message":"new_change"}"#), .answer(200, #"{"version":1,"message":"reconnect"}"#))
    let client = try transport.client()
    let patient = RealtimeServer(url: Self.server.url, retryTimeout: .seconds(77))
    #expect(
      try await client.events.poll(Self.server, streamPosition: StreamPosition("30400984754258519")) == .newChange)
    #expect(try await client.events.poll(patient, streamPosition: nil) == .reconnect)
    #expect(transport.calls.map(\.method) == [.GET, .GET])
    #expect(
      transport.calls.map(\.url) == [Self.server.url + "&stream_position=30400984754258519", Self.server.url])
    #expect(transport.calls.map(\.patience) == [.whole(.seconds(610)), .whole(.seconds(77))])
  }

  @Test("As-User is on every call, the real-time server's included")
  func asUser() async throws {
    let transport = ScriptedTransport(.page(), Self.servers, .answer(200, #"{"message":"reconnect"}"#))
    let client = try transport.client(asUser: "11446498")
    _ = try await client.events.getEvents()
    _ = try await client.events.getEventsWithLongPolling()
    _ = try await client.events.poll(Self.server, streamPosition: nil)
    #expect(transport.calls.map { $0.headers["as-user"] } == Array(repeating: ["11446498"], count: 3))
  }

  @Test("A call's own headers stand in place of the usual ones")
  func extraHeaders() async throws {
    let transport = ScriptedTransport(.page(), Self.servers, .answer(200, #"{"message":"reconnect"}"#), .page())
    let client = try transport.client(asUser: "11446498")
    let headers = ["As-User": "5", "X-Trace": "t", "Authorization": "Bearer forged"]
    _ = try await client.events.getEvents(headers: headers)
    _ = try await client.events.getEventsWithLongPolling(headers: headers)
    _ = try await client.events.poll(Self.server, streamPosition: nil, headers: headers)
    _ = try await client.events.getEvents()
    for call in transport.calls.prefix(3) {
      #expect(call.headers["as-user"] == ["5"])
      #expect(call.headers["x-trace"] == ["t"])
      #expect(call.headers["authorization"] == ["Bearer T-1"])
    }
    #expect(transport.calls.last?.headers["as-user"] == ["11446498"])
    #expect(transport.calls.last?.headers.contains(name: "x-trace") == false)
  }

  @Test(
    "The API's address may end in slashes or have a path",
    arguments: [
      ("https://api.box.com/", "https://api.box.com/2.0/events"),
      ("https://api.box.com//", "https://api.box.com/2.0/events"),
      ("http://127.0.0.1:8484/box", "http://127.0.0.1:8484/box/2.0/events"),
    ])
  func address(apiURL: String, url: String) async throws {
    let transport = ScriptedTransport(.page())
    _ = try await transport.client(apiURL: apiURL).events.getEvents()
    #expect(transport.calls.map(\.url) == [url])
  }

  @Test(
    "An address that is no URL is refused before any call", arguments: ["api.box.com", "", "ftp://api.box.com", "///"])
  func noAddress(apiURL: String) throws {
    let fault = #expect(throws: NetworkFault.self) { try ScriptedTransport().client(apiURL: apiURL) }
    #expect(fault?.kind == .invalidURL)
    #expect(fault?.description.contains("\"\(apiURL)\"") == true)
  }

  @Test("Every call is counted, repetitions and redirects included")
  func budget() async throws {
    let budget = CallBudget(callsPerMinute: 0)
    let transport = ScriptedTransport(.answer(503), .redirect("/2.0/events/"), .page())
    _ = try await transport.client(budget: budget).events.getEvents()
    #expect(budget.usage.calls == 3)
  }
}
