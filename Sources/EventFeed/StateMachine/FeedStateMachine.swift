import BoxClient

/// A feed without its I/O: what has happened goes in, what to do next comes out. One action is under way at a time.
protocol FeedStateMachine: Sendable {
  /// - Parameter now: time since any fixed moment, never going back.
  mutating func handle(_ input: FeedInput, at now: Duration) -> FeedAction

  /// Where the stream goes on after the pages so far; nil while it begins at a time instead.
  var position: StreamPosition? { get }
  /// The time at which a stream without a position begins.
  var createdAfter: Timestamp? { get }
  /// Whether the last page ended the backlog.
  var isCaughtUp: Bool { get }
}

/// What happened.
enum FeedInput: Sendable {
  /// The feed begins; the first input, once.
  case start
  case page(PageSummary)
  case fetchFailed(FeedFailure)
  /// OPTIONS answered; nil where it named no server that can be polled.
  case servers(RealtimeServer?)
  case serversFailed(FeedFailure)
  /// A poll ended after a server held it for so long, zero where none was reached; `pace` is what the call budget asks
  /// doorbells to wait.
  case pollEnded(PollOutcome, held: Duration, pace: Duration)
  /// The pause is over.
  case waited
}

/// What to do next.
enum FeedAction: Sendable, Equatable {
  case fetch(FetchRequest)
  /// OPTIONS.
  case askForServers
  case poll(RealtimeServer, position: StreamPosition?)
  case wait(Duration, WaitReason)
  /// The feed cannot go on; a person must act.
  case stop(FeedStop)
}

/// How a poll of the real-time server ended.
enum PollOutcome: Sendable {
  case message(RealtimeMessage)
  /// Silence for the server's retry timeout.
  case timedOut
  case failed(FeedFailure)
}

/// One GET of the stream.
struct FetchRequest: Sendable, Equatable {
  /// Nil together with `createdAfter`.
  var position: StreamPosition?
  /// `admin_logs` without a position begins here.
  var createdAfter: Timestamp?
}

/// What a state machine must know of a page.
struct PageSummary: Sendable {
  /// Entries in it.
  var count: Int
  /// Entries whose ids were not seen before.
  var fresh: Int
  /// Where Box says that the stream goes on.
  var nextPosition: StreamPosition?
  /// Whether it holds half of the entries that were asked for, or more, and not just a few: Box may send fewer although
  /// there are more.
  var isLarge = false
  /// Box's time when it answered.
  var servedAt: Timestamp?
  /// When the last of its events happened, for a reading that is to end.
  var newest: Timestamp?

  /// Whether it brought something, but so little that it is hardly worth the call.
  var isSmall: Bool { fresh > 0 && count < FeedPage.smallCount }
}

extension PageSummary {
  /// - Parameters:
  ///   - fresh: how many of its events were not seen before.
  ///   - asked: the position that was asked for.
  ///   - limit: how many events were asked for.
  init(_ events: Events, fresh: Int, asked: StreamPosition?, limit: Int, newest: Timestamp?) {
    let count = events.entries.count
    self.init(
      count: count, fresh: fresh, nextPosition: events.positionToKeep(asked: asked),
      isLarge: Self.isLarge(count, of: limit), servedAt: events.servedAt, newest: newest)
  }

  static func isLarge(_ count: Int, of limit: Int) -> Bool { count * 2 >= limit && count >= FeedPage.smallCount }
}

/// Why a feed pauses.
public enum WaitReason: String, Sendable {
  case callFailed = "a call failed"
  case nothingNew = "pages brought nothing new"
  case fewEvents = "a page brought few events"
  case emptyDoorbell = "a doorbell brought nothing new"
  case quickReconnect = "the real-time server ended a poll at once"
  case briefServer = "the real-time server's time was over before it was polled"
  case callBudget = "the call budget is low"
  case interval = "the next poll is not due"
  case noPosition = "Box named no position to begin at"
  case noServer = "Box named no real-time server"
}
