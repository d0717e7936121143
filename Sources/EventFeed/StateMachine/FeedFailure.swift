import BoxClient

/// A call that failed, as a feed sees it.
enum FeedFailure: Sendable {
  /// Passes by itself; `retryAfter` where Box said when.
  case passing(retryAfter: Duration?)
  case final(FeedStop)
}

/// Why a feed ended.
public struct FeedStop: Error, Sendable, Equatable, CustomStringConvertible {
  /// What a person must look at.
  public enum Reason: Sendable, Equatable {
    /// Box does not know the stream position. It is never replaced in silence.
    case positionRefused
    /// Box refuses the credentials.
    case unauthorized
    /// The credentials lack a right or a scope.
    case forbidden
    /// Box refuses the call for another reason.
    case refused
  }

  public let reason: Reason
  /// The position that was asked for, where there was one.
  public let position: StreamPosition?
  public let description: String

  public init(_ reason: Reason, position: StreamPosition? = nil, _ description: String) {
    self.reason = reason
    self.position = position
    self.description = description
  }
}

extension FeedFailure {
  /// Which call failed: what a refusal means depends on it.
  enum Call {
    case fetch(StreamPosition?)
    case servers
    case poll
  }

  /// Sorts an error by whether waiting helps (PROTOCOL.md, section 5). Unknown errors are waited out: a feed that ends
  /// needs a person, one that waits does not.
  ///
  /// - Parameter hasFetched: whether Box has answered with a page before, so that its address and account are right.
  init(_ error: any Error, in call: Call, hasFetched: Bool) {
    // Whatever is wrong with a poll, OPTIONS names another server, and finds out whether more is wrong.
    if case .poll = call {
      self = .passing(retryAfter: (error as? BoxAPIError)?.retryAfter)
      return
    }
    switch error {
    case let error as AuthenticationFailed:
      self = .final(FeedStop(.unauthorized, error.description))
    case let error as TokenUnavailable:
      self = .final(FeedStop(.unauthorized, error.description))
    case let error as BoxAPIError:
      self.init(error, in: call, hasFetched)
    case let fault as NetworkFault where fault.kind == .invalidURL:
      self = .final(FeedStop(.refused, fault.description))
    default:
      self = .passing(retryAfter: nil)
    }
  }

  private init(_ error: BoxAPIError, in call: Call, _ hasFetched: Bool) {
    if error.passes {
      self = .passing(retryAfter: error.retryAfter)
      return
    }
    let atTokenEndpoint = error.call.hasSuffix("/oauth2/token")
    switch (error.status, call) {
    case (401, _): self = .final(FeedStop(.unauthorized, error.description))
    case _ where atTokenEndpoint: self = .final(FeedStop(.unauthorized, error.description))
    case (403, _): self = .final(FeedStop(.forbidden, error.description))
    // An account or a proxy without real-time servers: the events can be had all the same.
    case (404, .servers), (405, .servers): self = .passing(retryAfter: nil)
    // What was there before comes back: a proxy or a name server has lost its way.
    case (404, _) where hasFetched, (405, _) where hasFetched: self = .passing(retryAfter: nil)
    case (400, .fetch(let position?)), (410, .fetch(let position?)):
      self = .final(FeedStop(.positionRefused, position: position, error.description))
    case (400, _), (404, _), (405, _): self = .final(FeedStop(.refused, error.description))
    default: self = .passing(retryAfter: error.retryAfter)
    }
  }
}
