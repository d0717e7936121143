/// A thread for work that blocks, as an executor that tasks can prefer: what one task does there comes in order, wakes no
/// other thread between its steps, and holds up nobody else.
public final class WorkerThread: TaskExecutor {
  private let thread = JobThread()

  /// - Parameter name: as `ps` and debuggers show it, 15 bytes at most.
  public init(name: String) {
    thread.start(name: name) { [self] in
      thread.runJobs { $0.runSynchronously(on: asUnownedTaskExecutor()) }
    }
  }

  public func enqueue(_ job: consuming ExecutorJob) { thread.enqueue(UnownedJob(job)) }

  /// Ends the thread, which keeps this object, when all that is queued has run. Nothing may be queued afterwards.
  public func end() { thread.end() }
}
