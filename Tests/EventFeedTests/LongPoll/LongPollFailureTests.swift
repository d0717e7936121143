import BoxClient
import Testing

@testable import EventFeed

@Suite("A long-poll feed meets failures")
struct LongPollFailureTests {
  @Test("a failing GET is tried again for ever, after pauses that double up to a minute")
  func endless() throws {
    let run = LongPollRun.draining()
    for step in 0..<10_000 {
      let pause = try #require(run(.fetchFailed()).pause(.callFailed))
      #expect(backoffRange(step).contains(pause))
      #expect(run(.waited) == .fetch(at: "7"))
    }
  }

  @Test("pauses are jittered: two feeds do not return together")
  func jitter() throws {
    func pauses(seed: UInt64) throws -> [Duration] {
      let run = LongPollRun.draining(seed: seed)
      return try (0..<10).map { _ in
        let pause = try #require(run(.fetchFailed()).pause(.callFailed))
        _ = run(.waited)
        return pause
      }
    }
    #expect(try pauses(seed: 1) == pauses(seed: 1))
    #expect(try zip(pauses(seed: 1), pauses(seed: 2)).allSatisfy { $0 != $1 })
  }

  @Test("a drain that failed goes on where it stood and leads to the same server")
  func drainGoesOn() {
    let run = LongPollRun.draining()
    run(.newEvents(next: "8"), then: .fetchFailed(), .waited)
    #expect(run(.newEvents(next: "9")) == .fetch(at: "9"))
    #expect(run(.emptyPage(next: "9")) == .poll(.usual, at: "9"))
  }

  @Test("a failure changes no position")
  func positionIsKept() {
    let run = LongPollRun.draining()
    run(.fetchFailed(), then: .waited, .fetchFailed())
    #expect(run.position == StreamPosition("7"))
  }

  @Test("Retry-After is waited for in full on GET")
  func retryAfterOnFetch() {
    #expect(LongPollRun.draining()(.fetchFailed(retryAfter: .seconds(90))) == .wait(.seconds(90), .callFailed))
  }

  @Test("Retry-After is waited for in full on OPTIONS")
  func retryAfterOnOptions() {
    let run = LongPollRun(LongPollFeedStateMachine(position: StreamPosition("7")))
    run(.start)
    #expect(run(.serversFailed(retryAfter: .seconds(90))) == .wait(.seconds(90), .callFailed))
    #expect(run(.waited) == .fetch(at: "7"))
  }

  @Test("Retry-After is waited for in full on the real-time server")
  func retryAfterOnPoll() {
    let run = LongPollRun.polling()
    #expect(run(.pollFailed(retryAfter: .seconds(90))) == .wait(.seconds(90), .callFailed))
    #expect(run(.waited) == .askForServers)
  }

  @Test("Retry-After never shortens the feed's own pause")
  func shortRetryAfter() throws {
    let run = LongPollRun.draining()
    for step in 0..<10 {
      let pause = try #require(run(.fetchFailed(retryAfter: .zero)).pause(.callFailed))
      #expect(backoffRange(step).contains(pause))
      run(.waited)
    }
  }

  @Test(
    "a refused GET ends the feed", arguments: [FeedStop.Reason.positionRefused, .unauthorized, .forbidden, .refused])
  func refused(reason: FeedStop.Reason) {
    let stop = FeedStop(reason, position: StreamPosition("7"), "no")
    let run = LongPollRun.draining()
    #expect(run(.fetchFailed(.final(stop))) == .stop(stop))
    #expect(run.position == StreamPosition("7"))
  }

  @Test("new events end the growth of the pauses")
  func eventsReset() throws {
    let run = LongPollRun.draining()
    for _ in 0..<6 { run(.fetchFailed(), then: .waited) }
    run(.newEvents(next: "8"))
    #expect(backoffRange(0).contains(try #require(run(.fetchFailed()).pause(.callFailed))))
  }

  @Test("a poll that was held for long ends the growth of the pauses")
  func patientPollResets() throws {
    let run = LongPollRun.polling()
    for _ in 0..<6 { run(.pollFailed(), then: .waited, .servers(.usual), .emptyPage(next: "7")) }
    run(.lateMessage(.reconnect), then: .servers(.usual), .emptyPage(next: "7"))
    #expect(backoffRange(0).contains(try #require(run(.pollFailed()).pause(.callFailed))))
  }

  @Test("a connection that stood for long and then broke ends the growth of the pauses")
  func brokenAfterLong() throws {
    let run = LongPollRun.polling()
    for _ in 0..<20 {
      let action = run(.pollEnded(.failed(.passing(retryAfter: nil)), held: .seconds(60), pace: .zero))
      #expect(backoffRange(0).contains(try #require(action.pause(.callFailed))))
      run(.waited, then: .servers(.usual), .emptyPage(next: "7"))
    }
  }

  @Test("OPTIONS and empty drains between failing polls are no progress: the pauses grow")
  func failingPolls() throws {
    let run = LongPollRun.polling()
    for step in 0..<20 {
      #expect(backoffRange(step).contains(try #require(run(.pollFailed()).pause(.callFailed))))
      run(.waited, then: .servers(.usual), .emptyPage(next: "7"))
    }
  }

  @Test("quick reconnects without events between them are waited out longer each time")
  func quickReconnects() throws {
    let run = LongPollRun.polling()
    for step in 0..<20 {
      #expect(backoffRange(step).contains(try #require(run(.message(.reconnect)).pause(.quickReconnect))))
      run(.waited, then: .servers(.usual), .emptyPage(next: "7"))
    }
  }

  @Test("a quick reconnect after events is followed by OPTIONS at once")
  func reconnectAfterEvents() {
    let run = LongPollRun.draining()
    run(.newEvents(next: "8"), then: .emptyPage(next: "8"))
    #expect(run(.message(.reconnect)) == .askForServers)
    // The next one has brought nothing.
    run(.servers(.usual), then: .emptyPage(next: "8"))
    #expect(run(.message(.reconnect)).pause(.quickReconnect) != nil)
  }

  @Test("reconnects of patient polls back nothing off")
  func patientReconnects() throws {
    let run = LongPollRun.polling()
    for _ in 0..<100 {
      #expect(run(.lateMessage(.reconnect)) == .askForServers)
      run(.servers(.usual), then: .emptyPage(next: "7"))
    }
    #expect(backoffRange(0).contains(try #require(run(.message(.reconnect)).pause(.quickReconnect))))
  }

  @Test("the feed's own pauses can be set")
  func timing() throws {
    var timing = FeedTiming()
    timing.backoff = .milliseconds(2)
    timing.backoffCap = .milliseconds(8)
    let run = LongPollRun(LongPollFeedStateMachine(position: StreamPosition("7"), timing: timing))
    run(.start)
    for limit in [2, 4, 8, 8, 8] {
      let pause = try #require(run(.serversFailed()).pause(.callFailed))
      #expect(pause <= .milliseconds(limit) && pause >= .milliseconds(limit) / 2)
      run(.waited, then: .emptyPage(next: "7"))
    }
  }
}
