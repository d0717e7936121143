/// Where the deliveries of a queue go.
public protocol DeliverySink: Sendable {
  /// Where deliveries are made; nil for the shared threads. A sink that blocks has a thread of its own.
  var executor: (any TaskExecutor)? { get }

  /// Attempts the deliveries, one after the other.
  /// - Parameter items: one, unless the queue keeps an order; then several, of which the sink may attempt only the first
  ///   ones.
  func deliver(_ items: [OutboxItem]) async -> SinkAnswer
}

extension DeliverySink {
  public var executor: (any TaskExecutor)? { nil }
}

/// What came of some deliveries.
public struct SinkAnswer: Sendable {
  /// One for each of the first deliveries, in order. Those behind are attempted in the next turn.
  public var results: [DeliveryResult]
  /// The files that were appended to, as they are now.
  public var marks: [PathMark]

  public init(_ results: [DeliveryResult], marks: [PathMark] = []) {
    self.results = results
    self.marks = marks
  }
}

/// What came of one delivery.
public enum DeliveryResult: Sendable, Hashable {
  case delivered
  /// It may succeed later.
  case failedForNow(DeliveryFailure)
  /// It cannot succeed before somebody changes something; it is parked.
  case failedForGood(String)
  /// It was not made: the program ends, or one before it to the same file has failed. It is as pending as before.
  case cancelled
}

/// A failure that may pass.
public struct DeliveryFailure: Sendable, Hashable {
  /// For a person.
  public let message: String
  /// How long the other side asks to be left alone.
  public let retryAfter: Duration?

  public init(_ message: String, retryAfter: Duration? = nil) {
    self.message = message
    self.retryAfter = retryAfter
  }
}

/// A file of the output directory and what the ledger keeps of it.
public struct PathMark: Sendable, Hashable {
  /// The path as `OutputPath` describes it.
  public let path: String
  public let mark: FileMark

  public init(path: String, mark: FileMark) {
    self.path = path
    self.mark = mark
  }
}
