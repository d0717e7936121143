import BoxClient
import Testing

@Suite("The budget of calls", .timeLimit(.minutes(1)))
struct CallBudgetTests {
  @Test("A budget of 0 makes nobody wait")
  func none() async throws {
    let budget = CallBudget(callsPerMinute: 0)
    for _ in 0..<5000 { try await budget.acquire() }
    #expect(budget.usage == (calls: 5000, waited: 0))
    #expect(budget.pace(calls: 10) == .zero)
  }

  @Test("A call that is cancelled while it waits was not made")
  func cancelled() async throws {
    let budget = CallBudget(callsPerMinute: 1)
    try await budget.acquire()
    #expect(budget.usage == (calls: 1, waited: 0))
    let waiting = Task { try await budget.acquire() }
    waiting.cancel()
    await #expect(throws: CancellationError.self) { try await waiting.value }
    #expect(budget.usage.calls == 1)
  }

  @Test("Many callers share one budget")
  func shared() async throws {
    let budget = CallBudget(callsPerMinute: 900)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<100 { group.addTask { try await budget.acquire() } }
      try await group.waitForAll()
    }
    #expect(budget.usage == (calls: 100, waited: 0))
  }
}
