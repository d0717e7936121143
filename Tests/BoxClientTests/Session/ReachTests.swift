import BoxClient
import Testing

@Suite("Whether Box can be reached", .timeLimit(.minutes(1)))
struct ReachTests {
  private static let unavailable = ScriptedTransport.Step.answer(503, "")

  @Test("is told by calls for events that fail, from the first of them on")
  func failing() async throws {
    let transport = ScriptedTransport(
      .page(), Self.unavailable, .fault(NetworkFault(.unreachable, "away")), Self.unavailable, .page())
    let client = try transport.client(attempts: 1)
    _ = try await client.events.getEvents()
    #expect(client.failingSince == nil && client.failure == nil)
    var first: ContinuousClock.Instant?
    for reason in ["Box answered 503", "away", "Box answered 503"] {
      let before = ContinuousClock.now
      _ = try? await client.events.getEvents()
      let since = try #require(client.failingSince)
      if let first { #expect(since == first) } else { #expect(since >= before) }
      first = since
      #expect(client.failure == reason)
    }
    _ = try await client.events.getEvents()
    #expect(client.failingSince == nil && client.failure == nil)
  }

  @Test("is told where Box refuses, or asks for a pause")
  func answers() async throws {
    let transport = ScriptedTransport(
      Self.unavailable, .answer(503, "", ["retry-after": "7"]), Self.unavailable, .answer(403, ""), Self.unavailable,
      .answer(429, ""))
    let client = try transport.client(attempts: 1)
    for _ in 1...3 {
      _ = try? await client.events.getEvents()
      #expect(client.failingSince != nil)
      _ = try? await client.events.getEvents()
      #expect(client.failingSince == nil)
    }
  }

  @Test("is told by a call that gets no answer, and by no other call")
  func silence() async throws {
    let transport = ScriptedTransport(Self.unavailable, .silence, .page())
    let client = try transport.client(attempts: 1)
    _ = try? await client.events.getEventsWithLongPolling()
    #expect(client.failingSince == nil)
    var arrivals = transport.arrivals.makeAsyncIterator()
    _ = await arrivals.next()
    let before = ContinuousClock.now
    let call = Task { try? await client.events.getEvents() }
    _ = await arrivals.next()
    #expect(try #require(client.failingSince) >= before)
    // Another call is answered: what waits is no sign of a Box that says nothing, for a while.
    let between = ContinuousClock.now
    _ = try await client.events.getEvents()
    #expect(try #require(client.failingSince) >= between)
    call.cancel()
    _ = await call.value
    #expect(client.failingSince == nil)
  }
}
