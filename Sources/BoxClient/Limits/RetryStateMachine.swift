/// What becomes of a call after an attempt that failed (PROTOCOL.md, section 5). Carries nothing out itself.
struct RetryStateMachine {
  /// How one attempt failed.
  enum Outcome {
    case answered(status: Int, retryAfter: Duration?)
    /// 200, but the body is not what was asked for: treated like a server's fault.
    case damaged
    case network(NetworkFault.Kind)
  }

  enum Action: Equatable {
    case wait(Duration)
    /// The token was refused: get a new one, then try again at once.
    case renewToken
    /// What came is the call's error.
    case fail
  }

  let limits: RetryLimits
  private var backoff: Backoff
  private var attempts = 0
  private var renewed = false

  init(limits: RetryLimits, backoff: Backoff? = nil) {
    self.limits = limits
    self.backoff = backoff ?? Backoff(first: limits.firstPause)
  }

  mutating func attemptFailed(_ outcome: Outcome) -> Action {
    attempts += 1
    switch outcome {
    case .answered(let status, let retryAfter):
      switch status {
      case _ where BoxAPIError.passes(status):
        // The token was accepted meanwhile: one that ends later is a new affair.
        renewed = false
        return pause(retryAfter)
      case 401 where !renewed:
        renewed = true
        return .renewToken
      default: return .fail
      }
    case .damaged:
      renewed = false
      return pause(nil)
    case .network(.invalidURL), .network(.tooLarge), .network(.redirectRefused): return .fail
    case .network: return pause(nil)
    }
  }

  private mutating func pause(_ asked: Duration?) -> Action {
    guard attempts < limits.attempts else { return .fail }
    let own = backoff.next()
    // A wait longer than a call may take is the caller's affair, who learns of it from the error.
    guard let asked else { return .wait(own) }
    return asked <= limits.longestWait ? .wait(max(asked, limits.shortestWait)) : .fail
  }
}
