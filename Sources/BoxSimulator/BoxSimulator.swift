import Hummingbird
import Logging
import Synchronization

/// A simulated Box Events API (PROTOCOL.md §1–§6) with a history of its own, seeded events and faults on demand.
///
/// ```swift
/// let simulator = try BoxSimulator()
/// try await simulator.withRunning { baseURL in
///   // baseURL is "http://127.0.0.1:<port>": give it to a client as the API's URL.
///   try simulator.append([#"{"event_type":"ITEM_UPLOAD","source":null}"#])
/// }
/// ```
///
/// It knows nothing of the client that it is there to try: requests and answers are its own reading of the protocol.
public final class BoxSimulator: Sendable {
  let core: SimulatorCore
  private let logger: Logger
  private let task = Mutex<Task<Void, any Error>?>(nil)
  private let isStarted = Mutex(false)

  /// Reads the configured events, or generates the backlog.
  /// - Throws: ``BoxSimulatorError`` where `eventsFile` or `events` cannot be read.
  public init(
    _ configuration: Configuration = Configuration(), logger: Logger? = nil
  ) throws(BoxSimulatorError) {
    core = try SimulatorCore(configuration: configuration)
    self.logger =
      logger
      ?? {
        var logger = Logger(label: "boxwatch.simulator")
        logger.logLevel = .warning
        return logger
      }()
  }

  /// Serves until the task is cancelled; then open polls end, connections are closed, and it returns.
  /// - Parameter onListening: called once with the base URL when the simulator can answer.
  /// - Throws: ``BoxSimulatorError`` where the address cannot be listened on, or when called twice.
  public func run(onListening: @escaping @Sendable (_ baseURL: String) async -> Void = { _ in }) async throws {
    let isSecond = isStarted.withLock { isStarted in
      defer { isStarted = true }
      return isStarted
    }
    guard !isSecond else { throw BoxSimulatorError.alreadyStarted }
    let server = SimulatorServer(core: core, logger: logger)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run(onListening: onListening) }
      group.addTask { [core] in await LiveEvents(core: core).run() }
      // The first to end is the server, unless everything was cancelled.
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  /// Starts to serve and returns the base URL, `http://HOST:PORT` with the port that was really bound.
  /// End it with ``stop()``.
  /// - Throws: ``BoxSimulatorError`` where the address cannot be listened on, or when called twice.
  @discardableResult
  public func start() async throws -> String {
    let (listening, continuation) = AsyncThrowingStream<String, any Error>.makeStream()
    let task = Task {
      do {
        try await run { continuation.yield($0) }
        continuation.finish()
      } catch {
        continuation.finish(throwing: error)
        throw error
      }
    }
    for try await baseURL in listening {
      self.task.withLock { $0 = task }
      return baseURL
    }
    throw CancellationError()
  }

  /// Stops what ``start()`` started, and returns when the port is free again.
  public func stop() async {
    let task = task.withLock { task in
      defer { task = nil }
      return task
    }
    task?.cancel()
    _ = await task?.result
  }

  /// Runs the simulator for as long as `body` takes.
  public func withRunning<Result>(
    _ body: (_ baseURL: String) async throws -> Result
  ) async throws -> Result {
    let baseURL = try await start()
    do {
      let result = try await body(baseURL)
      await stop()
      return result
    } catch {
      await stop()
      throw error
    }
  }

  /// `http://HOST:PORT`; empty until the simulator listens.
  public var baseURL: String {
    core.baseURL.withLock { $0 }
  }
}
