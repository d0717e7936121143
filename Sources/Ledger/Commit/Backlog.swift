/// An event that a rule is not done with.
public struct StoredEvent: Sendable, Hashable {
  public var stream: String
  /// Box's id; nil where the event has none.
  public var id: String?
  public var type: String
  /// The event as Box sent it.
  public var text: [UInt8]
  /// Whether it came late, out of a gap that was filled.
  public var replayed: Bool

  public init(stream: String, id: String?, type: String, text: [UInt8], replayed: Bool = false) {
    self.stream = stream
    self.id = id
    self.type = type
    self.text = text
    self.replayed = replayed
  }
}

/// An event that goes to the end of a rule file's backlog.
public struct NewBacklogEntry: Sendable, Hashable {
  /// The rule file.
  public var namespace: String
  /// The handlers that have not handled it; none stands for all that match.
  public var handlers: [String]
  public var event: StoredEvent
  /// Attempts that failed.
  public var attempts: Int
  public var due: Int64
  public var error: String?
  public var firstFailure: Int64?

  public init(
    namespace: String, handlers: [String] = [], event: StoredEvent, attempts: Int = 0, due: Int64,
    error: String? = nil, firstFailure: Int64? = nil
  ) {
    self.namespace = namespace
    self.handlers = handlers
    self.event = event
    self.attempts = attempts
    self.due = due
    self.error = error
    self.firstFailure = firstFailure
  }
}

public struct BacklogEntry: Sendable, Hashable, Identifiable {
  public let id: Int64
  public let entry: NewBacklogEntry
}

/// An entry's new state; its event and its place stay.
public struct BacklogUpdate: Sendable, Hashable {
  public var id: Int64
  public var handlers: [String]
  /// Attempts that failed.
  public var attempts: Int
  public var due: Int64
  public var error: String?
  public var firstFailure: Int64?

  public init(
    id: Int64, handlers: [String], attempts: Int, due: Int64, error: String? = nil, firstFailure: Int64? = nil
  ) {
    self.id = id
    self.handlers = handlers
    self.attempts = attempts
    self.due = due
    self.error = error
    self.firstFailure = firstFailure
  }
}

/// A handler that is quarantined.
public struct Quarantine: Sendable, Hashable {
  public var handler: String
  public var since: Int64
  public var reason: String

  public init(handler: String, since: Int64, reason: String) {
    self.handler = handler
    self.since = since
    self.reason = reason
  }
}
