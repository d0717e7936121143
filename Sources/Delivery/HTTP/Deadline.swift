import NIOCore
import NIOPosix

/// Work that cannot be cancelled, such as a look-up by the operating system, left alone at a deadline.
enum Deadline {
  /// - Throws: ``DeadlineExceeded``, `CancellationError`, or what the work throws. The work itself goes on to its end.
  static func run<Value: Sendable>(
    until deadline: NIODeadline, _ work: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    let loop = MultiThreadedEventLoopGroup.singleton.any()
    let promise = loop.makePromise(of: Value.self)
    promise.completeWithTask(work)
    // Whoever comes first decides; a promise takes no second answer.
    let alarm = loop.scheduleTask(deadline: deadline) { promise.fail(DeadlineExceeded()) }
    defer { alarm.cancel() }
    return try await withTaskCancellationHandler {
      try await promise.futureResult.get()
    } onCancel: {
      promise.fail(CancellationError())
    }
  }
}

struct DeadlineExceeded: Error {}
