/// A thread for work that blocks, as an executor that tasks can prefer: what one task does there comes in order, wakes no
/// other thread between its steps, and holds up nobody else. The thread ends with this object, which tasks that prefer it
/// keep.
public final class WorkerThread: TaskExecutor {
  private let thread = JobThread()

  public init(name: StaticString) {
    let executor = asUnownedTaskExecutor()
    // SQLite runs there; some systems give a thread a sixteenth of this.
    thread.start(name: name, stackSize: 2 << 20) { [thread] in thread.runJobs { $0.runSynchronously(on: executor) } }
  }

  deinit { thread.end() }

  public func enqueue(_ job: consuming ExecutorJob) { thread.enqueue(UnownedJob(job)) }
}
