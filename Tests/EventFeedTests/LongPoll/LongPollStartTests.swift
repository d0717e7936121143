import BoxClient
import Testing

@testable import EventFeed

@Suite("A long-poll feed begins")
struct LongPollStartTests {
  /// What Box can say that is no position.
  static let noPositions: [String?] = [nil, "", "0", "00", "now"]

  private func newcomer(seed: UInt64 = 1) -> LongPollRun {
    LongPollRun(LongPollFeedStateMachine(position: .now, seed: seed))
  }

  @Test("a first start turns now into a position before it asks for servers")
  func firstStart() {
    let run = newcomer()
    #expect(run(.start) == .fetch(at: "now"))
    #expect(run(.emptyPage(next: "7")) == .askForServers)
    #expect(run.position == StreamPosition("7"))
  }

  @Test("the position that now gave is drained from after OPTIONS, so that nothing in between is lost")
  func drainAfterNow() {
    let run = newcomer()
    run(.start, then: .emptyPage(next: "7"))
    #expect(run(.servers(.usual)) == .fetch(at: "7"))
  }

  @Test("the answer to now does not count as caught up: the drain is still to come")
  func nowIsNotCaughtUp() {
    let run = newcomer()
    run(.start, then: .emptyPage(next: "7"))
    #expect(!run.machine.isCaughtUp)
    run(.servers(.usual), then: .emptyPage(next: "7"))
    #expect(run.machine.isCaughtUp)
  }

  @Test("now answered without a position is asked again after a pause, and nothing is polled", arguments: noPositions)
  func nowWithoutPosition(next: String?) {
    let run = newcomer()
    var action = run(.start)
    for _ in 0..<50 {
      #expect(action == .fetch(at: "now"))
      #expect(run(.emptyPage(next: next)).pause(.noPosition) != nil)
      #expect(run.position == .now)
      action = run(.waited)
    }
    run(.emptyPage(next: "7"))
    #expect(run.position == StreamPosition("7"))
  }

  @Test("each answer to now without a position is waited out longer than the one before, up to a minute")
  func nowWithoutPositionBacksOff() throws {
    let run = newcomer()
    run(.start)
    for step in 0..<20 {
      let pause = try #require(run(.emptyPage(next: "0")).pause(.noPosition))
      #expect(backoffRange(step).contains(pause))
      run(.waited)
    }
  }

  @Test("a failed now is asked again after a pause")
  func nowFails() {
    let run = newcomer()
    run(.start)
    #expect(run(.fetchFailed()).pause(.callFailed) != nil)
    #expect(run(.waited) == .fetch(at: "now"))
    #expect(run(.emptyPage(next: "7")) == .askForServers)
  }

  @Test("a refused now ends the feed")
  func nowRefused() {
    let run = newcomer()
    run(.start)
    let stop = FeedStop(.forbidden, "no scope")
    #expect(run(.fetchFailed(.final(stop))) == .stop(stop))
  }

  @Test("events in the answer to now do not keep its position from being taken")
  func nowWithEvents() {
    let run = newcomer()
    run(.start)
    #expect(run(.newEvents(2, next: "7")) == .askForServers)
    #expect(run.position == StreamPosition("7"))
  }

  @Test("a stored position is never replaced by now: servers first, then its drain")
  func storedPosition() {
    let run = LongPollRun(LongPollFeedStateMachine(position: StreamPosition("18578956490887496")))
    #expect(run(.start) == .askForServers)
    #expect(run(.servers(.usual)) == .fetch(at: "18578956490887496"))
  }

  @Test("the beginning is drained from 0")
  func beginning() {
    let run = LongPollRun(LongPollFeedStateMachine(position: .beginning))
    #expect(run(.start) == .askForServers)
    #expect(run(.servers(.usual)) == .fetch(at: "0"))
    #expect(run(.newEvents(next: "5")) == .fetch(at: "5"))
  }
}
