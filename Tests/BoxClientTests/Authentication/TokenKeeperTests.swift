import Synchronization
import Testing

@testable import BoxClient

@Suite("The keeper of a token", .timeLimit(.minutes(1)))
struct TokenKeeperTests {
  private struct NoToken: Error, Equatable {
    var number: Int
  }

  @Test("However many callers wait, one request is made")
  func oneRequest() async throws {
    let gate = Gate()
    let source = ScriptedTokens { number in
      await gate.wait()
      return AccessToken(Secret("T-\(number)"))
    }
    let keeper = TokenKeeper(source)
    let (begun, sink) = AsyncStream<Void>.makeStream()
    let callers = (0..<50).map { _ in
      Task {
        sink.yield()
        return try await keeper.token().token
      }
    }
    var waiting = begun.makeAsyncIterator()
    for _ in callers { await waiting.next() }
    gate.open()
    for caller in callers { #expect(try await caller.value == Secret("T-1")) }
    #expect(source.count == 1)
  }

  @Test("A token without a known end is kept")
  func kept() async throws {
    let source = ScriptedTokens()
    let keeper = TokenKeeper(source)
    for _ in 0..<10 { #expect(try await keeper.token().token == Secret("T-1")) }
    #expect(source.count == 1)
  }

  @Test("A token whose time has come is renewed, one that has an hour left is not")
  func lifetime() async throws {
    let source = ScriptedTokens { AccessToken(Secret("T-\($0)"), lifetime: $0 < 3 ? .zero : .seconds(3600)) }
    let keeper = TokenKeeper(source)
    var tokens: [Secret] = []
    for _ in 0..<5 { tokens.append(try await keeper.token().token) }
    #expect(tokens == ["T-1", "T-2", "T-3", "T-3", "T-3"].map { Secret($0) })
  }

  @Test(
    "A token is renewed three minutes before its end, a short-lived one halfway",
    arguments: [
      (.seconds(4123), .seconds(3943)), (.seconds(3600), .seconds(3420)), (.seconds(360), .seconds(180)),
      (.seconds(300), .seconds(150)), (.seconds(2), .seconds(1)), (nil, nil),
    ] as [(Duration?, Duration?)])
  func renewalTime(lifetime: Duration?, renewAfter: Duration?) {
    #expect(AccessToken(Secret("x"), lifetime: lifetime).renewAfter == renewAfter)
  }

  @Test("A token that is still good serves when its early renewal fails, unless Box refused it")
  func renewalFails() async throws {
    let source = ScriptedTokens { number in
      guard number == 1 else { throw NoToken(number: number) }
      return AccessToken(Secret("T-1"), lifetime: .seconds(3600), renewAfter: .zero)
    }
    let keeper = TokenKeeper(source)
    let lease = try await keeper.token()
    #expect(try await keeper.token().token == Secret("T-1"))
    #expect(source.count == 2)
    // The next attempt has time.
    #expect(try await keeper.token().token == Secret("T-1"))
    #expect(source.count == 2)
    await #expect(throws: NoToken(number: 3)) { _ = try await keeper.token(after: lease) }
  }

  @Test("A refused token is replaced; who comes later with the old one gets the new one")
  func refused() async throws {
    let source = ScriptedTokens()
    let keeper = TokenKeeper(source)
    let first = try await keeper.token()
    #expect(try await keeper.token(after: first).token == Secret("T-2"))
    #expect(try await keeper.token(after: first).token == Secret("T-2"))
    #expect(try await keeper.token().token == Secret("T-2"))
    #expect(source.count == 2)
    let second = try await keeper.token()
    #expect(try await keeper.token(after: second).token == Secret("T-3"))
    #expect(try await keeper.token(after: first).token == Secret("T-3"))
    #expect(source.count == 3)
  }

  @Test("Many callers that were refused with one token make one request")
  func refusedTogether() async throws {
    let gate = Gate()
    let source = ScriptedTokens { number in
      if number > 1 { await gate.wait() }
      return AccessToken(Secret("T-\(number)"))
    }
    let keeper = TokenKeeper(source)
    let first = try await keeper.token()
    let (begun, sink) = AsyncStream<Void>.makeStream()
    let callers = (0..<50).map { _ in
      Task {
        sink.yield()
        return try await keeper.token(after: first).token
      }
    }
    var waiting = begun.makeAsyncIterator()
    for _ in callers { await waiting.next() }
    gate.open()
    for caller in callers { #expect(try await caller.value == Secret("T-2")) }
    #expect(source.count == 2)
  }

  @Test("A cancelled caller leaves at once and does not take the token from the others")
  func cancelledCaller() async throws {
    let gate = Gate()
    let (asked, sink) = AsyncStream<Void>.makeStream()
    let source = ScriptedTokens { number in
      sink.yield()
      await gate.wait()
      return AccessToken(Secret("T-\(number)"))
    }
    let keeper = TokenKeeper(source)
    let cancelled = Task { try await keeper.token().token }
    for await _ in asked { break }
    let other = Task { try await keeper.token().token }
    cancelled.cancel()
    await #expect(throws: CancellationError.self) { try await cancelled.value }
    gate.open()
    #expect(try await other.value == Secret("T-1"))
    #expect(try await keeper.token().token == Secret("T-1"))
    #expect(source.count == 1)
  }

  @Test("A failure is thrown to all who wait, and the next call asks again")
  func failure() async throws {
    let gate = Gate()
    let source = ScriptedTokens { number in
      await gate.wait()
      guard number > 1 else { throw NoToken(number: number) }
      return AccessToken(Secret("T-\(number)"))
    }
    let keeper = TokenKeeper(source)
    let (begun, sink) = AsyncStream<Void>.makeStream()
    let caller = Task {
      sink.yield()
      return try await keeper.token().token
    }
    for await _ in begun { break }
    gate.open()
    await #expect(throws: NoToken(number: 1)) { try await caller.value }
    #expect(try await keeper.token().token == Secret("T-2"))
    #expect(source.count == 2)
  }

  @Test("A renewal that fails leaves the old token to those whom Box has not refused")
  func failedRenewal() async throws {
    let source = ScriptedTokens { number in
      guard number == 1 else { throw NoToken(number: number) }
      return AccessToken(Secret("T-1"))
    }
    let keeper = TokenKeeper(source)
    let first = try await keeper.token()
    await #expect(throws: NoToken(number: 2)) { try await keeper.token(after: first) }
    await #expect(throws: NoToken(number: 3)) { try await keeper.token(after: first) }
    #expect(try await keeper.token().token == Secret("T-1"))
  }

  @Test("At the end a renewal is waited for, by a cancelled task too")
  func settles() async throws {
    let gate = Gate()
    let (asked, sink) = AsyncStream<Void>.makeStream()
    let saved = Atomic(false)
    let source = ScriptedTokens { number in
      sink.yield()
      await gate.wait()
      saved.store(true, ordering: .releasing)
      return AccessToken(Secret("T-\(number)"))
    }
    let keeper = TokenKeeper(source)
    let caller = Task { try await keeper.token() }
    for await _ in asked { break }
    let (isCancelled, cancelled) = AsyncStream<Void>.makeStream()
    let ending = Task {
      for await _ in isCancelled {}
      #expect(Task.isCancelled)
      await keeper.settle()
      return saved.load(ordering: .acquiring)
    }
    ending.cancel()
    cancelled.finish()
    let opening = Task {
      // Who does not wait is gone by then.
      try await Task.sleep(for: .milliseconds(50))
      gate.open()
    }
    #expect(await ending.value)
    try await opening.value
    _ = try await caller.value
  }
}
