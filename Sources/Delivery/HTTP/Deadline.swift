import NIOCore
import NIOPosix

/// Work that ends at a deadline, or is left alone there if it cannot be cancelled, such as a look-up by the operating
/// system.
enum Deadline {
  /// - Throws: ``DeadlineExceeded``, `CancellationError`, or what the work throws. The work itself is cancelled then.
  static func run<Value: Sendable>(
    until deadline: NIODeadline, _ work: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    let loop = MultiThreadedEventLoopGroup.singleton.any()
    let promise = loop.makePromise(of: Value.self)
    let task = promise.completeWithTask(work)
    // Whoever comes first decides; a promise takes no second answer.
    let alarm = loop.scheduleTask(deadline: deadline) {
      promise.fail(DeadlineExceeded())
      task.cancel()
    }
    defer { alarm.cancel() }
    return try await withTaskCancellationHandler {
      try await promise.futureResult.get()
    } onCancel: {
      promise.fail(CancellationError())
      task.cancel()
    }
  }
}

struct DeadlineExceeded: Error {}
