import BoxClient
import Testing

@testable import EventFeed

@Suite("A drain")
struct DrainTests {
  private func page(_ count: Int, fresh: Int, next: String?, isLarge: Bool = false) -> PageSummary {
    PageSummary(count: count, fresh: fresh, nextPosition: next.map(StreamPosition.init), isLarge: isLarge)
  }

  private func drain(_ position: String = "7") -> Drain {
    Drain(position: StreamPosition(position))
  }

  @Test("is caught up by an empty page, even where the position moved")
  func emptyPage() {
    for next in ["7", "8"] {
      var drain = drain()
      #expect(drain.pageArrived(page(0, fresh: 0, next: next)) == .caughtUp)
      #expect(drain.position == StreamPosition(next))
    }
  }

  @Test("that is the last follows empty pages that move, three at most, and doubts an end without a position twice")
  func lastDoubts() {
    for start in ["7", "0", nil] {
      var drain = Drain(position: start.map { StreamPosition($0) }, doubts: .last)
      for next in ["8", "9", "10"] { #expect(drain.pageArrived(page(0, fresh: 0, next: next)) == .againAfterPause) }
      #expect(drain.pageArrived(page(0, fresh: 0, next: "11")) == .caughtUp)
      #expect(drain.pageArrived(page(1, fresh: 1, next: "12")) == .again)
      for next in ["0", nil] { #expect(drain.pageArrived(page(0, fresh: 0, next: next)) == .againAfterPause) }
      #expect(drain.pageArrived(page(0, fresh: 0, next: "0")) == .caughtUp)
      #expect(drain.position == StreamPosition("12"))
    }
  }

  @Test("that is the last ends though events go on, and doubts anew after a large page", arguments: ["0", "9"])
  func lastDoubtsAmongEvents(next: String) {
    var drain = Drain(position: StreamPosition("7"), doubts: .last)
    let most = next == "0" ? 2 : 3
    for round in 1...3 {
      #expect(drain.pageArrived(page(300, fresh: 300, next: "8", isLarge: true)) == .again)
      for doubt in 1...most {
        let moved = next == "0" ? next : "\(round).\(doubt)"
        #expect(drain.pageArrived(page(0, fresh: 0, next: moved)) == .againAfterPause)
        #expect(drain.pageArrived(page(1, fresh: 1, next: "8")) == .again)
      }
    }
    #expect(drain.pageArrived(page(0, fresh: 0, next: next)) == .caughtUp)
  }

  @Test("that listens doubts anew after anything new")
  func listener() {
    var drain = Drain(position: StreamPosition("7"), doubts: .listener)
    for _ in 1...2 {
      #expect(drain.pageArrived(page(0, fresh: 0, next: "0")) == .againAfterPause)
      #expect(drain.pageArrived(page(1, fresh: 1, next: "8")) == .again)
    }
    for step in [Drain.Step.againAfterPause, .caughtUp] {
      #expect(drain.pageArrived(page(0, fresh: 0, next: "0")) == step)
    }
  }

  @Test("that is to end does so behind a hundred small pages of what happened meanwhile")
  func meanwhile() {
    var drain = Drain(position: StreamPosition("7"), doubts: .last)
    func page(at newest: Int64, isLarge: Bool = false) -> PageSummary {
      PageSummary(
        count: 1, fresh: 1, nextPosition: StreamPosition("8"), isLarge: isLarge, servedAt: Timestamp(seconds: 1000),
        newest: Timestamp(seconds: newest))
    }
    for _ in 1...Drain.mostLatePages {
      #expect(drain.pageArrived(page(at: 1000)) == .again)
      #expect(drain.pageArrived(page(at: 1001, isLarge: true)) == .again)
      #expect(drain.pageArrived(page(at: 1002)) == .again)
    }
    #expect(drain.pageArrived(page(at: 1002)) == .caughtUp)
  }

  @Test("tells a page that is large by what was asked for, and by its events")
  func largePages() {
    #expect(PageSummary.isLarge(250, of: 500) && PageSummary.isLarge(50, of: 100))
    #expect(!PageSummary.isLarge(249, of: 500) && !PageSummary.isLarge(1, of: 1) && !PageSummary.isLarge(49, of: 50))
  }

  @Test("never doubts the empty answer to now", arguments: ["8", "0", nil])
  func now(next: String?) {
    var drain = Drain(position: .now, doubts: .last)
    #expect(drain.pageArrived(page(0, fresh: 0, next: next)) == .caughtUp)
  }

  @Test("is caught up by known events at an unchanged position")
  func unchangedPosition() {
    var drain = drain()
    #expect(drain.pageArrived(page(5, fresh: 0, next: "7")) == .caughtUp)
  }

  @Test("is not caught up by an unchanged position while the page holds anything new")
  func newEventsAtUnchangedPosition() {
    var drain = drain()
    #expect(drain.pageArrived(page(5, fresh: 1, next: "7")) == .again)
    #expect(drain.pageArrived(page(5, fresh: 0, next: "7")) == .caughtUp)
  }

  @Test("is not caught up by a page shorter than was asked for")
  func shortPage() {
    var drain = drain()
    #expect(drain.pageArrived(page(1, fresh: 1, next: "8")) == .again)
  }

  @Test("goes on after a pause where known events come with a new position")
  func knownEventsAtNewPosition() {
    var drain = drain()
    #expect(drain.pageArrived(page(5, fresh: 0, next: "8")) == .againAfterPause)
    #expect(drain.request == FetchRequest(position: StreamPosition("8")))
  }

  @Test("ends when known pages lead in a circle, whatever its length", arguments: [2, 3, 50])
  func circle(length: Int) {
    var drain = drain("0x0")
    for place in 1..<length {
      #expect(drain.pageArrived(page(5, fresh: 0, next: "0x\(place)")) == .againAfterPause)
    }
    #expect(drain.pageArrived(page(5, fresh: 0, next: "0x0")) == .caughtUp)
  }

  @Test("ends in a circle that does not lead back to where it began")
  func innerCircle() {
    var drain = drain()
    #expect(drain.pageArrived(page(5, fresh: 0, next: "8")) == .againAfterPause)
    #expect(drain.pageArrived(page(5, fresh: 0, next: "9")) == .againAfterPause)
    #expect(drain.pageArrived(page(5, fresh: 0, next: "8")) == .caughtUp)
  }

  @Test("does not take a position met before something new for a circle")
  func progressForgets() {
    var drain = drain()
    #expect(drain.pageArrived(page(5, fresh: 0, next: "8")) == .againAfterPause)
    #expect(drain.pageArrived(page(5, fresh: 1, next: "9")) == .again)
    #expect(drain.pageArrived(page(5, fresh: 0, next: "7")) == .againAfterPause)
  }

  @Test("ends after ten thousand known pages at ever new positions, and can begin again there")
  func longestDryRun() {
    var drain = drain("p0")
    for place in 1...Drain.longestDryRun {
      guard drain.pageArrived(page(1, fresh: 0, next: "p\(place)")) == .againAfterPause else {
        Issue.record("the drain ended at page \(place)")
        return
      }
    }
    #expect(drain.pageArrived(page(1, fresh: 0, next: "end")) == .caughtUp)
    #expect(drain.position == StreamPosition("end"))
    #expect(drain.pageArrived(page(1, fresh: 0, next: "beyond")) == .againAfterPause)
  }

  @Test("keeps its position where Box names none", arguments: LongPollStartTests.noPositions)
  func noPosition(next: String?) {
    var drain = drain()
    #expect(drain.pageArrived(page(0, fresh: 0, next: next)) == .caughtUp)
    #expect(drain.pageArrived(page(5, fresh: 5, next: next)) == .again)
    #expect(drain.pageArrived(page(5, fresh: 0, next: next)) == .caughtUp)
    #expect(drain.position == StreamPosition("7"))
  }

  @Test("passes positions on as the text that they are")
  func opaqueText() {
    for text in [
      "30400984754258517", "1451002006632;4bdb8971-089a-4886-905e-0fdf1cce03d8", "1152922976252290886", "-1",
    ] {
      var drain = drain()
      #expect(drain.pageArrived(page(1, fresh: 1, next: text)) == .again)
      #expect(drain.request == FetchRequest(position: StreamPosition(text)))
    }
  }

  @Test("sends its time only for as long as it has no position")
  func time() {
    let time = Timestamp(seconds: 1_767_614_400)
    var drain = Drain(position: nil, createdAfter: time)
    #expect(drain.request == FetchRequest(position: nil, createdAfter: time))
    #expect(drain.pageArrived(page(0, fresh: 0, next: "0")) == .caughtUp)
    #expect(drain.request == FetchRequest(position: nil, createdAfter: time))
    #expect(drain.pageArrived(page(2, fresh: 2, next: "8")) == .again)
    #expect(drain.request == FetchRequest(position: StreamPosition("8"), createdAfter: nil))
  }

  @Test("that began at a time ends where events come without a position")
  func timeWithoutPosition() {
    var drain = Drain(position: nil, createdAfter: Timestamp(seconds: 0))
    #expect(drain.pageArrived(page(5, fresh: 5, next: "0")) == .again)
    #expect(drain.pageArrived(page(5, fresh: 0, next: "0")) == .caughtUp)
  }
}
