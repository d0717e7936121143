import Testing

@testable import BoxClient

@Suite("Renewal while nobody asks", .timeLimit(.minutes(1)))
struct RenewalTests {
  @Test("A token is renewed in its time although no call is made, as during a long poll")
  func ahead() async throws {
    let (asked, sink) = AsyncStream<Int>.makeStream()
    let source = ScriptedTokens { number in
      sink.yield(number)
      return AccessToken(Secret("T-\(number)"), lifetime: .seconds(3600), renewAfter: .seconds(number < 3 ? 1 : 3000))
    }
    let keeper = TokenKeeper(source)
    #expect(try await keeper.token().token == Secret("T-1"))
    var numbers = asked.makeAsyncIterator()
    #expect(await numbers.next() == 1)
    // Nobody calls: each renewal schedules the next.
    #expect(await numbers.next() == 2)
    #expect(await numbers.next() == 3)
    #expect(try await keeper.token().token == Secret("T-3"))
  }

  @Test("Settling waits for no renewal where none is under way, and for one no longer than it may")
  func settling() async throws {
    let gate = Gate()
    let (asked, sink) = AsyncStream<Void>.makeStream()
    let source = ScriptedTokens { number in
      sink.yield()
      await gate.wait()
      return AccessToken(Secret("T-\(number)"))
    }
    let keeper = TokenKeeper(source)
    await keeper.settle()
    let caller = Task { try await keeper.token().token }
    for await _ in asked { break }
    // The gate opens behind it: a settling without an end would never get there.
    await keeper.settle(patience: .milliseconds(1))
    gate.open()
    #expect(try await caller.value == Secret("T-1"))
  }
}
