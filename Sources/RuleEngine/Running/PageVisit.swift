import BoxClient
import LuaHost

/// A page with one of the rule files. Belongs to the file's actor.
///
/// Whoever brought the page waits for the answer; after the allowance it gets one in any case, and a call that still
/// waits then goes on without the page.
final class PageVisit {
  let view: EventPageView
  /// Until when the page stays; nil for as long as it takes.
  let deadline: ContinuousClock.Instant?
  /// What is handled: a place among the page's fresh events, and one among the handlers of that event's type.
  var place = 0
  var handler = 0
  /// The handlers of the event in hand that failed for a reason that may pass.
  private(set) var retries: [(handler: String, failure: RuleFailure)] = []
  /// What the page leaves for the file's backlog.
  var unfinished: [UnfinishedEvent] = []
  /// Whether a call of the handler in hand waits.
  var isWaiting = false
  /// Whether the end of the allowance has been waited for.
  var isTimed = false
  /// Whether the page left while a call waited.
  var hasLeft = false
  /// Who waits for the page's result; nil where nothing has had to be waited for, and when the page has left.
  var answer: CheckedContinuation<WorkResult, Never>?
  /// The deadline once more, for a look after every event.
  private let lastMillisecond: Int64

  init(view: EventPageView, allowance: Duration?) {
    self.view = view
    deadline = allowance.map { .now + $0 }
    lastMillisecond = allowance.map { CoarseTime.milliseconds + Int64($0 / .milliseconds(1)) } ?? .max
  }

  /// Whether the allowance is used up, to a few milliseconds.
  var isLate: Bool { CoarseTime.milliseconds >= lastMillisecond }

  /// The call of the handler in hand has ended.
  func ended(_ handler: Handler, _ failure: RuleFailure?) {
    if let failure { retries.append((handler.identity, failure)) }
    self.handler += 1
  }
}

/// A call that went on after its page had left. Belongs to the file's actor.
final class RunningCall {
  private var result: WorkResult?
  private var waiter: CheckedContinuation<WorkResult, Never>?

  func finish(_ result: WorkResult) {
    if let waiter { waiter.resume(returning: result) } else { self.result = result }
  }

  func wait(isolation: isolated (any Actor)? = #isolation) async -> WorkResult {
    if let result { return result }
    return await withCheckedContinuation { waiter = $0 }
  }
}
