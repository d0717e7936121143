import BoxClient

@testable import EventFeed

/// A machine under a clock that only the test moves.
final class MachineRun<Machine: FeedStateMachine> {
  private(set) var machine: Machine
  var now: Duration = .zero

  init(_ machine: Machine) {
    self.machine = machine
  }

  @discardableResult
  func callAsFunction(_ input: FeedInput) -> FeedAction {
    machine.handle(input, at: now)
  }

  /// The first input and those after it; the answer to the last.
  @discardableResult
  func callAsFunction(_ first: FeedInput, then others: FeedInput...) -> FeedAction {
    others.reduce(self(first)) { self($1) }
  }

  var position: StreamPosition? { machine.position }
}

typealias LongPollRun = MachineRun<LongPollFeedStateMachine>
typealias IntervalRun = MachineRun<IntervalFeedStateMachine>

extension MachineRun<LongPollFeedStateMachine> {
  /// A feed that has just begun to poll `server` at position 7: OPTIONS is answered, and nothing was to be drained.
  static func polling(_ server: RealtimeServer = .usual, seed: UInt64 = 1) -> LongPollRun {
    let run = LongPollRun(LongPollFeedStateMachine(position: StreamPosition("7"), seed: seed))
    run(.start, then: .servers(server), .emptyPage(next: "7"))
    return run
  }

  /// A feed that drains at position 7 after OPTIONS.
  static func draining(_ server: RealtimeServer = .usual, seed: UInt64 = 1) -> LongPollRun {
    let run = LongPollRun(LongPollFeedStateMachine(position: StreamPosition("7"), seed: seed))
    run(.start, then: .servers(server))
    return run
  }
}

extension RealtimeServer {
  /// Ten minutes, ten polls, 610 s: the numbers of Box's guide.
  static let usual = RealtimeServer(url: "https://realtime.example/subscribe?channel=a")
}

extension FeedInput {
  static func emptyPage(next: String?) -> FeedInput {
    .page(PageSummary(count: 0, fresh: 0, nextPosition: next.map(StreamPosition.init)))
  }

  /// A page whose events are all new.
  static func newEvents(_ count: Int = 60, next: String?, isLarge: Bool = false) -> FeedInput {
    .page(PageSummary(count: count, fresh: count, nextPosition: next.map(StreamPosition.init), isLarge: isLarge))
  }

  /// A page whose events all came before.
  static func knownEvents(_ count: Int = 3, next: String?, isLarge: Bool = false) -> FeedInput {
    .page(PageSummary(count: count, fresh: 0, nextPosition: next.map(StreamPosition.init), isLarge: isLarge))
  }

  /// The real-time server answered at once.
  static func message(_ message: RealtimeMessage, pace: Duration = .zero) -> FeedInput {
    .pollEnded(.message(message), held: .milliseconds(20), pace: pace)
  }

  /// The real-time server answered after ten minutes.
  static func lateMessage(_ message: RealtimeMessage) -> FeedInput {
    .pollEnded(.message(message), held: .seconds(600), pace: .zero)
  }

  static let silence = FeedInput.pollEnded(.timedOut, held: .seconds(610), pace: .zero)

  static func pollFailed(retryAfter: Duration? = nil) -> FeedInput {
    .pollEnded(.failed(.passing(retryAfter: retryAfter)), held: .milliseconds(20), pace: .zero)
  }

  static func fetchFailed(retryAfter: Duration? = nil) -> FeedInput {
    .fetchFailed(.passing(retryAfter: retryAfter))
  }

  static func serversFailed(retryAfter: Duration? = nil) -> FeedInput {
    .serversFailed(.passing(retryAfter: retryAfter))
  }
}

extension FeedAction {
  static func fetch(at position: String) -> FeedAction {
    .fetch(FetchRequest(position: StreamPosition(position)))
  }

  static func poll(_ server: RealtimeServer, at position: String) -> FeedAction {
    .poll(server, position: StreamPosition(position))
  }

  /// How long the feed pauses for that reason; nil where it does something else.
  func pause(_ reason: WaitReason) -> Duration? {
    guard case .wait(let duration, reason) = self else { return nil }
    return duration
  }
}

/// What a back-off's pause number `step`, from 0, may be: between half of the doubled time and all of it.
func backoffRange(_ step: Int, cap: Duration = .seconds(60)) -> ClosedRange<Duration> {
  let full = min(cap, .seconds(1 << min(step, 30)))
  return full / 2...full
}
