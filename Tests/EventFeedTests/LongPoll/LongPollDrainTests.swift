import BoxClient
import Testing

@testable import EventFeed

@Suite("A long-poll feed drains")
struct LongPollDrainTests {
  @Test("on while pages bring something new, however short they are")
  func shortPages() {
    let run = LongPollRun.draining()
    for number in 8..<20 {
      #expect(run(.newEvents(1, next: "\(number)")) == .fetch(at: "\(number)"))
      #expect(!run.machine.isCaughtUp)
    }
    #expect(run(.emptyPage(next: "19")) == .poll(.usual, at: "19"))
    #expect(run.machine.isCaughtUp)
  }

  @Test("no faster than once a second while pages bring only what is known")
  func knownPages() {
    let run = LongPollRun.draining()
    for number in 8..<20 {
      #expect(run(.knownEvents(next: "\(number)")) == .wait(.seconds(1), .nothingNew))
      #expect(run(.waited) == .fetch(at: "\(number)"))
    }
    #expect(run(.knownEvents(next: "19")) == .poll(.usual, at: "19"))
  }

  @Test("not past a page that holds only known events and no new position")
  func unchangedPosition() {
    #expect(LongPollRun.draining()(.knownEvents(next: "7")) == .poll(.usual, at: "7"))
  }

  @Test("out of a circle of positions")
  func circle() {
    let run = LongPollRun.draining()
    run(.knownEvents(next: "8"), then: .waited, .knownEvents(next: "9"), .waited)
    #expect(run(.knownEvents(next: "7")) == .poll(.usual, at: "7"))
  }

  @Test(
    "from a position that 0, an empty one, now and none at all never replace", arguments: LongPollStartTests.noPositions
  )
  func positionIsKept(next: String?) {
    let run = LongPollRun.draining()
    #expect(run(.newEvents(next: next)) == .fetch(at: "7"))
    // Believed the second time.
    run(.emptyPage(next: next), then: .waited)
    #expect(run(.emptyPage(next: next)) == .poll(.usual, at: "7"))
    #expect(run.position == StreamPosition("7"))
  }
}
