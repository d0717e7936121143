/// A thread for work that blocks, as an executor that tasks can prefer: what one task does there comes in order, wakes no
/// other thread between its steps, and holds up nobody else.
public final class WorkerThread: TaskExecutor {
  private let thread = JobThread()

  public init() {
    thread.start { [self] in
      thread.runJobs { $0.runSynchronously(on: asUnownedTaskExecutor()) }
    }
  }

  public func enqueue(_ job: consuming ExecutorJob) { thread.enqueue(UnownedJob(job)) }

  /// Ends the thread, which keeps this object, when all that is queued has run. Nothing may be queued afterwards.
  public func end() { thread.end() }
}
