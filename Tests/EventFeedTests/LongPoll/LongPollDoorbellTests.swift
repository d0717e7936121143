import BoxClient
import Testing

@testable import EventFeed

@Suite("A long-poll feed's doorbell")
struct LongPollDoorbellTests {
  /// The cap of the pauses after doorbells that brought nothing.
  private static let cap: Duration = .seconds(5)

  @Test("that brought nothing is waited out, and the stream is looked at once more before the next poll")
  func emptyDoorbell() {
    let run = LongPollRun.polling()
    run(.message(.newChange))
    #expect(run(.emptyPage(next: "7")).pause(.emptyDoorbell) != nil)
    #expect(run(.waited) == .fetch(at: "7"))
    #expect(run(.emptyPage(next: "7")) == .poll(.usual, at: "7"))
  }

  @Test("that brought only known events brought nothing")
  func knownEvents() {
    let run = LongPollRun.polling()
    run(.message(.newChange))
    #expect(run(.knownEvents(next: "7")).pause(.emptyDoorbell) != nil)
  }

  @Test("may bring its event at the second look")
  func secondLook() {
    let run = LongPollRun.polling()
    run(.message(.newChange), then: .emptyPage(next: "7"), .waited)
    #expect(run(.newEvents(1, next: "8")) == .fetch(at: "8"))
    #expect(run(.emptyPage(next: "8")) == .poll(.usual, at: "8"))
  }

  @Test("that brings nothing again and again is waited out longer each time, up to five seconds")
  func stormOfEmptyDoorbells() throws {
    let run = LongPollRun.polling()
    for step in 0..<20 {
      run(.message(.newChange))
      let pause = try #require(run(.emptyPage(next: "7")).pause(.emptyDoorbell))
      #expect(backoffRange(step, cap: Self.cap).contains(pause))
      run(.waited)
      #expect(run(.emptyPage(next: "7")) == .poll(.usual, at: "7"))
    }
  }

  @Test("that brought something ends the growth of those pauses")
  func progressResets() throws {
    let run = LongPollRun.polling()
    for _ in 0..<5 { run(.message(.newChange), then: .emptyPage(next: "7"), .waited, .emptyPage(next: "7")) }
    run(.message(.newChange), then: .newEvents(next: "8"), .emptyPage(next: "8"), .message(.newChange))
    let pause = try #require(run(.emptyPage(next: "8")).pause(.emptyDoorbell))
    #expect(backoffRange(0, cap: Self.cap).contains(pause))
  }

  @Test("is remembered while its fetch fails")
  func failureInBetween() {
    let run = LongPollRun.polling()
    run(.message(.newChange), then: .fetchFailed(), .waited)
    #expect(run(.emptyPage(next: "7")).pause(.emptyDoorbell) != nil)
  }

  @Test("waits for the call budget when that is low, and is fetched then")
  func pace() {
    let run = LongPollRun.polling()
    #expect(run(.message(.newChange, pace: .seconds(2))) == .wait(.seconds(2), .callBudget))
    #expect(run(.waited) == .fetch(at: "7"))
    #expect(run(.newEvents(next: "8")) == .fetch(at: "8"))
    #expect(run(.emptyPage(next: "8")) == .poll(.usual, at: "8"))
  }

  @Test("alone waits for the call budget: silence is followed by its drain at once")
  func silenceIgnoresPace() {
    let run = LongPollRun.polling()
    #expect(run(.pollEnded(.timedOut, held: .seconds(610), pace: .seconds(2))) == .fetch(at: "7"))
  }
}
