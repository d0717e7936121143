import BoxClient
import Synchronization

/// A stream of events as pages, for as long as somebody iterates.
///
/// ```swift
/// let feed = EventFeed(client: client, configuration: .init(streamType: .all, start: .position(stored)))
/// for try await page in feed {
///   try store(page.position, with: handle(page.freshEvents))
/// }
/// ```
///
/// Asking for the next page says that the one before is done with. Meanwhile one more page is fetched and read, so that
/// two are in memory at most; but not behind a small page, which probably is the last: it should not have to share the
/// machine with the question for the next. The feed ends with a ``FeedStop`` when a person must act, and with its iteration.
/// Everything else (faults, limits, silence) is waited out and told in ``notices``.
public final class EventFeed: AsyncSequence, Sendable {
  public typealias Element = FeedPage

  /// What a feed watches, and how.
  public struct Configuration: Sendable {
    public let streamType: StreamType
    public let start: FeedStart
    /// Events a page, 1 to 500.
    public var pageSize = 500
    /// Between two drains of an enterprise stream; nil to adapt to what comes.
    public var pollInterval: Duration?
    /// Whether the feed ends for whoever reads it when the stream is caught up. Then its end is believed less readily,
    /// and a user stream is drained before a real-time server is asked for.
    public var isOneShot = false
    /// Further headers for every call, OPTIONS included.
    public var headers: [String: String] = [:]
    public var timing = FeedTiming()

    /// - Precondition: a time is a start for `admin_logs` only.
    public init(streamType: StreamType, start: FeedStart) {
      if case .time = start {
        precondition(streamType == .adminLogs, "\(streamType) cannot begin at a time")
      }
      self.streamType = streamType
      self.start = start
    }
  }

  private let client: BoxClient
  private let configuration: Configuration
  // Handed over to the one iteration: a second reference would copy the whole memory at its first change.
  private let seen: Mutex<SeenEvents?>
  private let noticeSink: AsyncStream<FeedNotice>.Continuation
  /// What happens beside the pages; the newest 256 wait for a reader.
  public let notices: AsyncStream<FeedNotice>

  /// - Parameter seen: events that were handled in earlier runs.
  public init(client: BoxClient, configuration: Configuration, seen: SeenEvents = SeenEvents()) {
    self.client = client
    self.configuration = configuration
    self.seen = Mutex(seen)
    (notices, noticeSink) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(256))
  }

  /// - Precondition: a feed is iterated once.
  public func makeAsyncIterator() -> Iterator {
    let seen = seen.withLock { seen in
      defer { seen = nil }
      return seen
    }
    guard let seen else { preconditionFailure("a feed is iterated once") }
    return Iterator(client: client, configuration: configuration, seen: seen, notices: noticeSink)
  }

  /// Iterates once; the feed's calls end with it.
  public final class Iterator: AsyncIteratorProtocol {
    private let handover: PageHandover
    private let driver: Task<Void, Never>

    init(
      client: BoxClient, configuration: Configuration, seen: consuming SeenEvents,
      notices: AsyncStream<FeedNotice>.Continuation
    ) {
      let handover = PageHandover()
      var feedDriver = FeedDriver(client: client, configuration: configuration, seen: seen, notices: notices)
      driver = Task(executorPreference: NetworkExecutor.shared) {
        defer { notices.finish() }
        do {
          try await feedDriver.run { await handover.give($0) }
          handover.finish()
        } catch is CancellationError {
          handover.finish()
        } catch {
          handover.finish(throwing: error)
        }
      }
      self.handover = handover
    }

    deinit {
      driver.cancel()
    }

    /// The next page. Throws ``FeedStop``; nil when the task is cancelled.
    public func next() async throws -> FeedPage? {
      let (driver, handover) = (driver, handover)
      if Task.isCancelled {
        driver.cancel()
        return nil
      }
      return try await withTaskCancellationHandler {
        try await handover.take()
      } onCancel: {
        driver.cancel()
        // Whatever the driver waits for: nobody waits for it.
        handover.finish()
      }
    }
  }
}
