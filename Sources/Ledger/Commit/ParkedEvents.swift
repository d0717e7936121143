/// Why a handler gave an event up.
public struct HandlerFailure: Sendable, Hashable {
  public var handler: String
  /// The kind of failure, such as `error`, `budget` or `retries`.
  public var reason: String
  public var message: String
  /// File and line.
  public var location: String?
  public var traceback: String?

  public init(
    handler: String, reason: String, message: String, location: String? = nil, traceback: String? = nil
  ) {
    self.handler = handler
    self.reason = reason
    self.message = message
    self.location = location
    self.traceback = traceback
  }
}

/// A backlog entry whose event is parked, once for each handler that failed.
public struct EntryParking: Sendable, Hashable {
  public var id: Int64
  public var at: Int64
  public var failures: [HandlerFailure]
  /// Whether the entry stays, as other handlers are not done with the event.
  public var keepsEntry: Bool

  public init(id: Int64, at: Int64, failures: [HandlerFailure], keepsEntry: Bool = false) {
    self.id = id
    self.at = at
    self.failures = failures
    self.keepsEntry = keepsEntry
  }
}

/// An event that one handler gave up.
public struct NewParkedEvent: Sendable, Hashable {
  /// The rule file.
  public var namespace: String
  public var event: StoredEvent
  public var failure: HandlerFailure
  /// Attempts that failed.
  public var attempts: Int
  public var firstFailure: Int64?
  public var parkedAt: Int64

  public init(
    namespace: String, event: StoredEvent, failure: HandlerFailure, attempts: Int = 1, firstFailure: Int64? = nil,
    parkedAt: Int64
  ) {
    self.namespace = namespace
    self.event = event
    self.failure = failure
    self.attempts = attempts
    self.firstFailure = firstFailure
    self.parkedAt = parkedAt
  }
}

public struct ParkedEvent: Sendable, Hashable, Identifiable {
  public let id: Int64
  public let parked: NewParkedEvent
}
