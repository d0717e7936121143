/// An effect on its way out.
public struct NewDelivery: Sendable, Hashable {
  public var sink: String
  /// What the sink does with the payload.
  public var kind: String
  /// The idempotency key.
  public var key: String
  /// The handler that caused it.
  public var rule: String?
  /// The file that it changes.
  public var path: String?
  /// Which of a sink's places it goes to, where each of them has a queue of its own; else empty.
  public var target: String
  public var payload: [UInt8]
  public var createdAt: Int64
  /// When it is to be tried.
  public var due: Int64

  public init(
    sink: String, kind: String, key: String, rule: String? = nil, path: String? = nil, target: String = "",
    payload: [UInt8], createdAt: Int64, due: Int64
  ) {
    self.sink = sink
    self.kind = kind
    self.key = key
    self.rule = rule
    self.path = path
    self.target = target
    self.payload = payload
    self.createdAt = createdAt
    self.due = due
  }
}

public struct StoredDelivery: Sendable, Hashable, Identifiable {
  public let id: Int64
  public let delivery: NewDelivery
  /// Attempts that failed.
  public let attempts: Int
  /// The last attempt's error.
  public let error: String?
  /// When it was parked; nil while it is pending.
  public let parkedAt: Int64?
}

/// A delivery that failed and is tried again.
public struct DeliveryRetry: Sendable, Hashable {
  public var id: Int64
  /// Attempts that failed.
  public var attempts: Int
  public var due: Int64
  public var error: String

  public init(id: Int64, attempts: Int, due: Int64, error: String) {
    self.id = id
    self.attempts = attempts
    self.due = due
    self.error = error
  }
}

/// A delivery that is set aside.
public struct DeliveryParking: Sendable, Hashable {
  public var id: Int64
  public var at: Int64
  public var error: String

  public init(id: Int64, at: Int64, error: String) {
    self.id = id
    self.at = at
    self.error = error
  }
}

/// Something parked that is tried again.
public struct DueAgain: Sendable, Hashable {
  public var id: Int64
  public var due: Int64

  public init(id: Int64, due: Int64) {
    self.id = id
    self.due = due
  }
}

/// A file and its length after the last append that a commit removed from the outbox.
public struct StoredFileMark: Sendable, Hashable {
  public var path: String
  /// The file's inode number; nil when there was no file.
  public var file: UInt64?
  /// Bytes.
  public var length: Int

  public init(path: String, file: UInt64?, length: Int) {
    self.path = path
    self.file = file
    self.length = length
  }
}
