import BoxClient
import Testing

@Suite("Calls that are cancelled", .timeLimit(.minutes(1)))
struct CancellationTests {
  enum Call: CaseIterable, Sendable {
    case events, options, poll

    func make(_ client: BoxClient) async throws {
      switch self {
      case .events: _ = try await client.events.getEvents()
      case .options: _ = try await client.events.getEventsWithLongPolling()
      case .poll:
        _ = try await client.events.poll(RealtimeServer(url: "https://realtime.box.com/s"), streamPosition: nil)
      }
    }
  }

  @Test("Cancelling a call cancels the transport's call, and nothing is tried again", arguments: Call.allCases)
  func underWay(call: Call) async throws {
    let transport = ScriptedTransport(.silence)
    let client = try transport.client()
    let task = Task { try await call.make(client) }
    for await _ in transport.arrivals { break }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(transport.cancelled == 1)
    #expect(transport.calls.count == 1)
  }

  @Test("A call that waits for its next attempt ends at once")
  func betweenAttempts() async throws {
    let transport = ScriptedTransport(.answer(503, "", ["retry-after": "59"]))
    let client = try transport.client()
    let task = Task { try await client.events.getEvents().entries.count }
    for await _ in transport.arrivals { break }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(transport.calls.count == 1)
  }

  @Test("A call that waits for its token ends at once")
  func waitingForToken() async throws {
    let gate = Gate()
    let (asked, sink) = AsyncStream<Void>.makeStream()
    let tokens = ScriptedTokens { _ in
      sink.yield()
      await gate.wait()
      return AccessToken(Secret("late"))
    }
    let transport = ScriptedTransport()
    let client = try transport.client(tokens: tokens)
    let task = Task { try await client.events.getEvents().entries.count }
    for await _ in asked { break }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(transport.calls.isEmpty)
    gate.open()
  }

  @Test("A call that waits for its turn ends at once")
  func waitingForBudget() async throws {
    let budget = CallBudget(callsPerMinute: 1)
    try await budget.acquire()
    let transport = ScriptedTransport()
    let client = try transport.client(budget: budget)
    let task = Task { try await client.events.getEvents().entries.count }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(transport.calls.isEmpty)
    #expect(budget.usage.calls == 1)
  }
}
