import BoxClient
import Testing

@testable import EventFeed

@Suite("A long-poll feed asks OPTIONS")
struct LongPollServerTests {
  private static let other = RealtimeServer(url: "https://realtime.example/subscribe?channel=b")

  @Test("OPTIONS, then a drain, then a poll with the newest position")
  func order() {
    let run = LongPollRun(LongPollFeedStateMachine(position: StreamPosition("7")))
    #expect(run(.start) == .askForServers)
    #expect(run(.servers(.usual)) == .fetch(at: "7"))
    #expect(run(.newEvents(next: "8")) == .fetch(at: "8"))
    #expect(run(.newEvents(next: "9")) == .fetch(at: "9"))
    #expect(run(.emptyPage(next: "9")) == .poll(.usual, at: "9"))
  }

  @Test("the position of an empty page that moved on is the one that is polled with")
  func movedByEmptyPage() {
    #expect(LongPollRun.draining()(.emptyPage(next: "8")) == .poll(.usual, at: "8"))
  }

  @Test("an answer without a usable server is waited out longer each time, drained and asked again")
  func noServer() throws {
    let run = LongPollRun(LongPollFeedStateMachine(position: StreamPosition("7")))
    run(.start)
    for step in 0..<20 {
      let pause = try #require(run(.servers(nil)).pause(.noServer))
      #expect(backoffRange(step).contains(pause))
      #expect(run(.waited) == .fetch(at: "7"))
      #expect(run(.emptyPage(next: "7")) == .askForServers)
    }
    #expect(run(.servers(.usual)) == .fetch(at: "7"))
  }

  @Test("a failed OPTIONS is waited out longer each time, drained and asked again")
  func optionsFail() throws {
    let run = LongPollRun(LongPollFeedStateMachine(position: StreamPosition("7")))
    run(.start)
    for step in 0..<20 {
      let pause = try #require(run(.serversFailed()).pause(.callFailed))
      #expect(backoffRange(step).contains(pause))
      #expect(run(.waited) == .fetch(at: "7"))
      #expect(run(.emptyPage(next: "7")) == .askForServers)
    }
  }

  @Test("without a server the stream is drained to its end, and its events end the growth of the pauses")
  func eventsWithoutServer() throws {
    let run = LongPollRun(LongPollFeedStateMachine(position: StreamPosition("7")))
    run(.start)
    for number in 8..<20 {
      #expect(backoffRange(0).contains(try #require(run(.serversFailed()).pause(.callFailed))))
      #expect(run(.waited, then: .newEvents(next: "\(number)")) == .fetch(at: "\(number)"))
      #expect(run(.emptyPage(next: "\(number)")) == .askForServers)
      #expect(run.machine.isCaughtUp)
    }
  }

  @Test("after the first drain where that is wanted, at a position and at now")
  func isOneShot() {
    let run = LongPollRun(LongPollFeedStateMachine(position: StreamPosition("7"), isOneShot: true))
    #expect(run(.start) == .fetch(at: "7"))
    #expect(run(.emptyPage(next: "7")) == .askForServers)
    let newcomer = LongPollRun(LongPollFeedStateMachine(position: .now, isOneShot: true))
    newcomer(.start)
    #expect(newcomer(.emptyPage(next: "7")) == .fetch(at: "7"))
  }

  @Test("a refused OPTIONS ends the feed")
  func optionsRefused() {
    let run = LongPollRun(LongPollFeedStateMachine(position: StreamPosition("7")))
    run(.start)
    let stop = FeedStop(.unauthorized, "the token is refused")
    #expect(run(.serversFailed(.final(stop))) == .stop(stop))
  }

  @Test("a server whose ttl is over is not polled again: OPTIONS names the next")
  func timeToLive() {
    let run = LongPollRun.polling()
    run.now = .seconds(600)
    run(.message(.newChange), then: .newEvents(next: "8"))
    #expect(run(.emptyPage(next: "8")) == .askForServers)
    #expect(run(.servers(Self.other)) == .fetch(at: "8"))
    #expect(run(.emptyPage(next: "8")) == .poll(Self.other, at: "8"))
  }

  @Test("a server is polled for as long as its ttl lasts")
  func withinTimeToLive() {
    let run = LongPollRun.polling()
    run.now = .seconds(599)
    run(.message(.newChange), then: .newEvents(next: "8"))
    #expect(run(.emptyPage(next: "8")) == .poll(.usual, at: "8"))
  }

  @Test("the ttl of each server counts from the OPTIONS that named it")
  func timeToLiveBeginsAnew() {
    let run = LongPollRun.polling()
    run.now = .seconds(1000)
    run(.lateMessage(.reconnect), then: .servers(Self.other))
    run.now = .seconds(1599)
    #expect(run(.emptyPage(next: "7")) == .poll(Self.other, at: "7"))
    run.now = .seconds(1600)
    run(.silence)
    #expect(run(.emptyPage(next: "7")) == .askForServers)
  }

  @Test("a silence that outlasts the ttl leads to OPTIONS after its drain")
  func silenceBeyondTimeToLive() {
    let run = LongPollRun.polling()
    run.now = .seconds(610)
    #expect(run(.silence) == .fetch(at: "7"))
    #expect(run(.emptyPage(next: "7")) == .askForServers)
  }

  @Test("a drain that outlasts the ttl leads to OPTIONS at once where it brought events")
  func drainBeyondTimeToLive() {
    let run = LongPollRun.draining()
    run(.newEvents(next: "8"))
    run.now = .seconds(700)
    #expect(run(.emptyPage(next: "8")) == .askForServers)
  }

  @Test("servers whose ttl is over before the first poll are waited for, longer each time")
  func uselessTimeToLive() throws {
    let brief = RealtimeServer(url: "https://realtime.example/brief", timeToLive: .milliseconds(60))
    let run = LongPollRun(LongPollFeedStateMachine(position: StreamPosition("7"), seed: 1))
    run(.start)
    for step in 0..<20 {
      #expect(run(.servers(brief)) == .fetch(at: "7"))
      run.now += .milliseconds(80)
      let pause = try #require(run(.emptyPage(next: "7")).pause(.briefServer))
      #expect(backoffRange(step).contains(pause))
      #expect(run(.waited) == .askForServers)
    }
  }
}
