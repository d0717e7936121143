import BoxClient

/// A page with one of the rule files. Belongs to the file's actor.
///
/// Whoever brought the page waits for the answer; after the allowance it gets one in any case, and a call that still
/// waits then goes on without the page.
final class PageVisit {
  let view: EventPageView
  /// Until when the page stays; nil for as long as it takes.
  let deadline: ContinuousClock.Instant?
  /// What is being handled: the place in the page's fresh events, and the handler.
  var inHand: (place: Int, handler: Int)?
  /// The handlers of the event in hand that failed for a reason that may pass.
  var retries: [(handler: String, failure: RuleFailure)] = []
  /// Whether the end of the allowance has been waited for.
  var isTimed = false
  private var answer: CheckedContinuation<WorkResult, Never>?

  init(view: EventPageView, allowance: Duration?, answer: CheckedContinuation<WorkResult, Never>) {
    self.view = view
    deadline = allowance.map { .now + $0 }
    self.answer = answer
  }

  /// Whether the page has left.
  var isOver: Bool { answer == nil }

  var isLate: Bool { deadline.map { .now >= $0 } ?? false }

  func end(with result: WorkResult) {
    answer?.resume(returning: result)
    answer = nil
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
