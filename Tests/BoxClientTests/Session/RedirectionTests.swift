import BoxClient
import Testing

@Suite("Redirects", .timeLimit(.minutes(1)))
struct RedirectionTests {
  typealias Step = ScriptedTransport.Step

  @Test("On the same host the token and As-User go along", arguments: [301, 302, 303, 307, 308])
  func sameHost(status: Int) async throws {
    let transport = ScriptedTransport(
      .redirect("/2.1/events?x=1", status: status), .redirect("https://api.box.com:8443/y", status: status), .page("e3")
    )
    let events = try await transport.client(asUser: "7").events.getEvents()
    #expect(events.entries.map(\.id) == ["e3"])
    #expect(
      transport.calls.map(\.url)
        == ["https://api.box.com/2.0/events", "https://api.box.com/2.1/events?x=1", "https://api.box.com:8443/y"])
    #expect(transport.calls.allSatisfy { $0.method == .GET && $0.headers["authorization"] == ["Bearer T-1"] })
    #expect(transport.calls.allSatisfy { $0.headers["as-user"] == ["7"] })
  }

  @Test(
    "Another host gets neither the token nor As-User, Box's own included, and the way back does not either",
    arguments: ["https://elsewhere.example/x", "https://dl.box.com/x", "//elsewhere.example/x"])
  func otherHost(location: String) async throws {
    let transport = ScriptedTransport(.redirect(location), .redirect("https://api.box.com/2.0/events"), .page())
    _ = try await transport.client(asUser: "7").events.getEvents(headers: ["Authorization": "Bearer forged"])
    #expect(transport.calls.count == 3)
    #expect(transport.calls[0].headers["authorization"] == ["Bearer T-1"])
    for call in transport.calls.dropFirst() {
      #expect(!call.headers.contains(name: "authorization"))
      #expect(!call.headers.contains(name: "as-user"))
      #expect(call.headers["accept"] == ["application/json"])
    }
  }

  @Test(
    "A redirect into clear text is not followed",
    arguments: ["http://elsewhere.example/x", "http://api.box.com/2.0/events", "http://2.realtime.services.box.net/"])
  func clearText(location: String) async throws {
    let transport = ScriptedTransport(.redirect(location))
    let client = try transport.client(attempts: 1)
    let fault = await #expect(throws: NetworkFault.self) { try await client.events.getEvents() }
    #expect(fault?.description.contains("not followed without https") == true)
    #expect(transport.calls.count == 1)
  }

  @Test("Redirects that lead in a circle end")
  func loop() async throws {
    let step = Step.redirect("/2.0/events")
    let transport = ScriptedTransport(step, step, step, step, step, step)
    let client = try transport.client(attempts: 1)
    let fault = await #expect(throws: NetworkFault.self) { try await client.events.getEvents() }
    #expect(fault?.description == "GET /2.0/events: more than 5 redirects")
    #expect(transport.calls.count == 6)
  }

  @Test("Five redirects are followed")
  func five() async throws {
    let step = Step.redirect("/2.0/events")
    let transport = ScriptedTransport(step, step, step, step, step, .page("e6"))
    #expect(try await transport.client(attempts: 1).events.getEvents().entries.map(\.id) == ["e6"])
  }

  @Test("The method and the patience stay when a call is redirected")
  func method() async throws {
    let transport = ScriptedTransport(
      .redirect("/elsewhere", status: 303), .answer(200, #"{"entries":[]}"#), .redirect("/again"),
      .answer(200, #"{"message":"reconnect"}"#))
    let client = try transport.client()
    _ = try await client.events.getEventsWithLongPolling()
    _ = try await client.events.poll(
      RealtimeServer(url: "https://api.box.com/s", retryTimeout: .seconds(5)), streamPosition: nil)
    #expect(transport.calls.map(\.method) == [.OPTIONS, .OPTIONS, .GET, .GET])
    #expect(transport.calls.map(\.patience) == [.ordinary, .ordinary, .whole(.seconds(5)), .whole(.seconds(5))])
  }

  @Test("A status of redirection without a location is an answer")
  func noLocation() async throws {
    let transport = ScriptedTransport(.answer(304), .answer(302))
    let client = try transport.client()
    for status in [304, 302] {
      let error = await #expect(throws: BoxAPIError.self) { try await client.events.getEvents() }
      #expect(error?.status == status)
    }
  }
}
