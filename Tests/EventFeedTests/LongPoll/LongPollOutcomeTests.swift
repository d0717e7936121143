import BoxClient
import Testing

@testable import EventFeed

@Suite("A long-poll feed after a poll")
struct LongPollOutcomeTests {
  /// Everything but `new_change` that a real-time server can answer with (PROTOCOL.md, section 2 "Bodies").
  static let otherMessages: [RealtimeMessage] = [
    .reconnect, .other("max_retries"), .other("something_new"), .other(""), .other("<html>"),
  ]

  @Test("new_change is fetched at once, with the last position")
  func newChange() {
    #expect(LongPollRun.polling()(.message(.newChange)) == .fetch(at: "7"))
  }

  @Test("after new_change and its drain the same server is polled, with the new position")
  func samePoll() {
    let run = LongPollRun.polling()
    run(.message(.newChange))
    #expect(run(.newEvents(next: "8")) == .fetch(at: "8"))
    #expect(run(.emptyPage(next: "8")) == .poll(.usual, at: "8"))
  }

  @Test("any other message leads to OPTIONS at once after a patient poll", arguments: otherMessages)
  func otherMessage(_ message: RealtimeMessage) {
    let run = LongPollRun.polling()
    #expect(run(.lateMessage(message)) == .askForServers)
    #expect(run(.servers(.usual)) == .fetch(at: "7"))
    #expect(run(.emptyPage(next: "7")) == .poll(.usual, at: "7"))
  }

  @Test("any other message that comes at once leads to OPTIONS after a pause", arguments: otherMessages)
  func quickMessage(_ message: RealtimeMessage) {
    let run = LongPollRun.polling()
    #expect(run(.message(message)).pause(.quickReconnect) != nil)
    #expect(run(.waited) == .askForServers)
  }

  @Test("a failed poll leads to OPTIONS after a pause, however long it was held")
  func failedPoll() {
    for held in [Duration.milliseconds(5), .seconds(300)] {
      let run = LongPollRun.polling()
      let action = run(.pollEnded(.failed(.passing(retryAfter: nil)), held: held, pace: .zero))
      #expect(action.pause(.callFailed) != nil)
      #expect(run(.waited) == .askForServers)
      #expect(run(.servers(.usual)) == .fetch(at: "7"))
    }
  }

  @Test("a poll that fails for good ends the feed")
  func refusedPoll() {
    let stop = FeedStop(.refused, "no")
    #expect(LongPollRun.polling()(.pollEnded(.failed(.final(stop)), held: .zero, pace: .zero)) == .stop(stop))
  }

  @Test("silence leads to a drain, then to a poll of the same server")
  func silence() {
    let run = LongPollRun.polling()
    #expect(run(.silence) == .fetch(at: "7"))
    #expect(run(.emptyPage(next: "7")) == .poll(.usual, at: "7"))
  }

  @Test("what came during a silence is drained to its end before the next poll")
  func eventsDuringSilence() {
    let run = LongPollRun.polling()
    run(.silence)
    #expect(run(.newEvents(next: "8")) == .fetch(at: "8"))
    #expect(run(.emptyPage(next: "8")) == .poll(.usual, at: "8"))
  }

  @Test("silence backs nothing off, however often it comes")
  func silenceIsNoFailure() throws {
    let patient = RealtimeServer(url: "u", timeToLive: .seconds(1 << 40), maxRetries: 1 << 20)
    let run = LongPollRun.polling(patient)
    for _ in 0..<1000 {
      #expect(run(.silence) == .fetch(at: "7"))
      #expect(run(.emptyPage(next: "7")) == .poll(patient, at: "7"))
    }
    // A failure after all that silence is the first one.
    #expect(backoffRange(0).contains(try #require(run(.pollFailed()).pause(.callFailed))))
  }

  @Test("max_retries polls in a row without a doorbell lead to OPTIONS", arguments: [1, 2, 10])
  func maxRetries(limit: Int) {
    let run = LongPollRun.polling(RealtimeServer(url: "u", timeToLive: .seconds(1 << 40), maxRetries: limit))
    for silentPoll in 1...limit {
      #expect(run(.silence) == .fetch(at: "7"))
      let action = run(.emptyPage(next: "7"))
      #expect((action == .askForServers) == (silentPoll == limit))
    }
  }

  @Test("a server that allows no polls is polled once before OPTIONS")
  func noRetries() {
    let strict = RealtimeServer(url: "u", maxRetries: 0)
    let run = LongPollRun.draining(strict)
    #expect(run(.emptyPage(next: "7")) == .poll(strict, at: "7"))
    run(.silence)
    #expect(run(.emptyPage(next: "7")) == .askForServers)
  }

  @Test("a doorbell begins the count of max_retries anew")
  func doorbellResetsCount() {
    let server = RealtimeServer(url: "u", timeToLive: .seconds(1 << 40), maxRetries: 3)
    let run = LongPollRun.polling(server)
    run(.silence, then: .emptyPage(next: "7"), .silence, .emptyPage(next: "7"))
    run(.message(.newChange), then: .newEvents(next: "8"))
    #expect(run(.emptyPage(next: "8")) == .poll(server, at: "8"))
    for _ in 0..<2 {
      run(.silence)
      #expect(run(.emptyPage(next: "8")) == .poll(server, at: "8"))
    }
    run(.silence)
    #expect(run(.emptyPage(next: "8")) == .askForServers)
  }

  @Test("doorbells never use a server up")
  func doorbellsAreFree() {
    let server = RealtimeServer(url: "u", maxRetries: 3)
    let run = LongPollRun.polling(server)
    for number in 8..<60 {
      run(.message(.newChange), then: .newEvents(next: "\(number)"))
      #expect(run(.emptyPage(next: "\(number)")) == .poll(server, at: "\(number)"))
    }
  }

  @Test("every outcome of a poll is followed by a drain before the next poll")
  func alwaysDrained() {
    let outcomes: [FeedInput] = [
      .message(.newChange), .lateMessage(.reconnect), .message(.reconnect), .message(.other("max_retries")),
      .message(.other("")), .silence, .pollFailed(),
    ]
    for outcome in outcomes {
      let run = LongPollRun.polling()
      var action = run(outcome)
      // The way to the next GET: a pause and OPTIONS at most.
      if case .wait = action { action = run(.waited) }
      if case .askForServers = action { action = run(.servers(.usual)) }
      #expect(action == .fetch(at: "7"), "after \(outcome)")
    }
  }
}
