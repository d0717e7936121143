import BoxClient
import Testing

@testable import EventFeed

@Suite("An interval feed")
struct IntervalFeedTests {
  private static let noon = Timestamp(seconds: 1_767_614_400)

  private func run(
    _ streamType: StreamType = .adminLogsStreaming, from start: FeedStart = .position(StreamPosition("7")),
    fixedInterval: Duration? = nil, seed: UInt64 = 1
  ) -> IntervalRun {
    IntervalRun(
      IntervalFeedStateMachine(start: start, streamType: streamType, fixedInterval: fixedInterval, seed: seed))
  }

  // MARK: Intervals

  @Test("rests 12 s between polls of admin_logs_streaming and 60 s between polls of admin_logs")
  func rest() {
    for (streamType, interval) in [(StreamType.adminLogsStreaming, 12), (.adminLogs, 60)] {
      let run = run(streamType)
      #expect(run(.start) == .fetch(at: "7"))
      for _ in 0..<10 {
        #expect(run(.emptyPage(next: "7")) == .wait(.seconds(interval), .interval))
        #expect(run(.waited) == .fetch(at: "7"))
      }
    }
  }

  @Test("drains to the end before it rests")
  func drains() {
    let run = run()
    run(.start)
    #expect(run(.newEvents(next: "8")) == .fetch(at: "8"))
    #expect(!run.machine.isCaughtUp)
    #expect(run(.newEvents(next: "9")) == .fetch(at: "9"))
    #expect(run(.emptyPage(next: "9")) == .wait(.seconds(12), .interval))
    #expect(run.machine.isCaughtUp)
    #expect(run(.waited) == .fetch(at: "9"))
  }

  @Test("returns sooner while pages come full, and slows down again as they empty")
  func adapts() {
    let run = run(.adminLogs)
    run(.start)
    func interval(full: Bool) -> FeedAction {
      if full { run(.newEvents(500, next: "8", isLarge: true)) }
      let action = run(.emptyPage(next: "8"))
      run(.waited)
      return action
    }
    #expect(interval(full: true) == .wait(.seconds(15), .interval))
    #expect(interval(full: true) == .wait(.seconds(5), .interval))
    #expect(interval(full: true) == .wait(.seconds(5), .interval))
    #expect(interval(full: false) == .wait(.seconds(10), .interval))
    #expect(interval(full: false) == .wait(.seconds(20), .interval))
    #expect(interval(full: false) == .wait(.seconds(40), .interval))
    #expect(interval(full: false) == .wait(.seconds(60), .interval))
    #expect(interval(full: false) == .wait(.seconds(60), .interval))
  }

  @Test("never comes closer than a twelfth of its rest")
  func fastest() {
    let run = run()
    run(.start)
    for _ in 0..<10 { run(.newEvents(500, next: "8", isLarge: true), then: .emptyPage(next: "8"), .waited) }
    run(.newEvents(500, next: "8", isLarge: true))
    #expect(run(.emptyPage(next: "8")) == .wait(.seconds(1), .interval))
  }

  @Test("is not sped up by full pages of known events")
  func fullOfKnownEvents() {
    let run = run()
    run(.start)
    #expect(run(.knownEvents(500, next: "7", isLarge: true)) == .wait(.seconds(12), .interval))
  }

  @Test("keeps a fixed interval whatever comes")
  func fixedInterval() {
    let run = run(fixedInterval: .seconds(30))
    run(.start)
    for _ in 0..<5 {
      run(.newEvents(500, next: "8", isLarge: true))
      #expect(run(.emptyPage(next: "8")) == .wait(.seconds(30), .interval))
      run(.waited)
    }
  }

  @Test("waits a second between pages that bring only what is known")
  func knownPages() {
    let run = run()
    run(.start)
    #expect(run(.knownEvents(next: "8")) == .wait(.seconds(1), .nothingNew))
    #expect(run(.waited) == .fetch(at: "8"))
    #expect(run(.knownEvents(next: "7")) == .wait(.seconds(12), .interval))
  }

  @Test("behind a page of few events it waits a second, or for as long as between two drains; not where it is to end")
  func fewEvents() {
    for (interval, pause) in [(nil, Duration.seconds(1)), (Duration.milliseconds(100), .milliseconds(100))] {
      let run = run(fixedInterval: interval)
      run(.start)
      #expect(run(.newEvents(49, next: "8")) == .wait(pause, .fewEvents))
      #expect(!run.machine.isCaughtUp)
      #expect(run(.waited) == .fetch(at: "8"))
      #expect(run(.newEvents(50, next: "9")) == .fetch(at: "9"))
    }
    let once = IntervalRun(
      IntervalFeedStateMachine(start: .position(StreamPosition("7")), streamType: .adminLogs, isOneShot: true))
    once(.start)
    #expect(once(.newEvents(1, next: "8")) == .fetch(at: "8"))
  }

  // MARK: Beginning

  @Test("begins at a time until Box names a position, and never again afterwards")
  func startAtTime() {
    let run = run(.adminLogs, from: .time(Self.noon))
    let atNoon = FeedAction.fetch(FetchRequest(position: nil, createdAfter: Self.noon))
    #expect(run(.start) == atNoon)
    // An empty admin_logs page says 0.
    #expect(run(.emptyPage(next: "0")) == .wait(.seconds(60), .interval))
    #expect(run.position == nil)
    #expect(run(.waited) == atNoon)
    #expect(run(.newEvents(next: "8")) == .fetch(at: "8"))
    #expect(run(.emptyPage(next: "0")) == .wait(.seconds(60), .interval))
    #expect(run(.waited) == .fetch(at: "8"))
  }

  @Test("an empty admin_logs page with position 0 leaves the stored position")
  func zeroPosition() {
    for next in LongPollStartTests.noPositions {
      let run = run(.adminLogs)
      run(.start)
      #expect(run(.emptyPage(next: next)) == .wait(.seconds(60), .interval))
      #expect(run.position == StreamPosition("7"))
    }
  }

  @Test("begins admin_logs at Box's now, though the clock here is ahead")
  func nowByBoxsClock() throws {
    var machine = IntervalFeedStateMachine(start: .position(.now), streamType: .adminLogs)
    guard case .fetch(let first) = machine.handle(.start, at: .zero) else {
      Issue.record("nothing was asked for")
      return
    }
    #expect(first.position == nil)
    let served = try #require(first.createdAfter) - .seconds(300)
    let empty = PageSummary(count: 0, fresh: 0, nextPosition: StreamPosition("0"), servedAt: served)
    _ = machine.handle(.page(empty), at: .zero)
    #expect(machine.createdAfter == served - .seconds(1))
    let later = FetchRequest(position: nil, createdAfter: served - .seconds(1))
    #expect(machine.handle(.waited, at: .zero) == .fetch(later))
  }

  @Test("turns now into a position")
  func now() {
    let run = run(from: .position(.now))
    #expect(run(.start) == .fetch(at: "now"))
    #expect(run(.emptyPage(next: "7")) == .wait(.seconds(12), .interval))
    #expect(run(.waited) == .fetch(at: "7"))
  }

  @Test(
    "asks for now again, after growing pauses, where Box names no position", arguments: LongPollStartTests.noPositions)
  func nowWithoutPosition(next: String?) throws {
    let run = run(from: .position(.now))
    run(.start)
    for step in 0..<20 {
      let pause = try #require(run(.emptyPage(next: next)).pause(.noPosition))
      #expect(backoffRange(step).contains(pause))
      #expect(run(.waited) == .fetch(at: "now"))
    }
    #expect(run(.emptyPage(next: "7")) == .wait(.seconds(12), .interval))
    // What follows begins with short pauses again.
    run(.waited)
    #expect(backoffRange(0).contains(try #require(run(.fetchFailed()).pause(.callFailed))))
  }

  @Test("begins at 0 where all that is kept is wanted")
  func beginning() {
    let run = run(from: .position(.beginning))
    #expect(run(.start) == .fetch(at: "0"))
    #expect(run(.newEvents(next: "8")) == .fetch(at: "8"))
  }

  // MARK: Failures

  @Test("tries a failed GET again for ever, after pauses that double up to a minute")
  func failures() throws {
    let run = run()
    run(.start)
    for step in 0..<1000 {
      #expect(backoffRange(step).contains(try #require(run(.fetchFailed()).pause(.callFailed))))
      #expect(run(.waited) == .fetch(at: "7"))
    }
    run(.emptyPage(next: "7"), then: .waited)
    #expect(backoffRange(0).contains(try #require(run(.fetchFailed()).pause(.callFailed))))
  }

  @Test("waits for Retry-After in full")
  func retryAfter() {
    let run = run()
    run(.start)
    #expect(run(.fetchFailed(retryAfter: .seconds(90))) == .wait(.seconds(90), .callFailed))
    #expect(run(.waited) == .fetch(at: "7"))
  }

  @Test("ends where Box refuses")
  func refused() {
    let run = run()
    run(.start)
    let stop = FeedStop(.positionRefused, position: StreamPosition("7"), "Invalid stream position")
    #expect(run(.fetchFailed(.final(stop))) == .stop(stop))
    #expect(run.position == StreamPosition("7"))
  }
}
