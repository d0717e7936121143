import CBoxLua
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A thread of its own for Lua, as an executor that actors can run on.
///
/// Swift's shared pool has as many threads as cores: a busy rule there would starve the feed and delivery.
public final class LuaThread: SerialExecutor {
  private let queue = Mutex(Queue())
  private let wakeUp: Condition

  private struct Queue {
    var jobs: [UnownedJob] = []
    var isEnding = false
  }

  public init() {
    wakeUp = Condition()
    let thread = Unmanaged.passRetained(self)
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
    // Lua's C calls nest up to 200 deep, and a matcher's frames with them.
    pthread_attr_setstacksize(&attributes, 4 << 20)
    var identifier = pthread_t()
    let status = pthread_create(
      &identifier, &attributes,
      { context in
        Unmanaged<LuaThread>.fromOpaque(context!).takeRetainedValue().run()
        return nil
      }, thread.toOpaque())
    pthread_attr_destroy(&attributes)
    precondition(status == 0, "no thread could be made for the rules: \(String(cString: strerror(status)))")
  }

  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.withLock { $0.jobs.append(job) }
    wakeUp.signal()
  }

  /// Ends the thread when all that is queued has run. Nothing may be queued afterwards.
  public func end() {
    queue.withLock { $0.isEnding = true }
    wakeUp.signal()
  }

  private func run() {
    guard bxl_thread_begin() else { preconditionFailure("no timer on the thread's CPU clock could be had") }
    defer { bxl_thread_end() }
    while true {
      let (jobs, isEnding) = queue.withLock { queue in
        defer { queue.jobs.removeAll() }
        return (queue.jobs, queue.isEnding)
      }
      for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
      if jobs.isEmpty {
        if isEnding { return }
        wakeUp.wait()
      }
    }
  }
}

/// A signal that is kept until somebody waits for it.
private final class Condition: @unchecked Sendable {
  // Unchecked because of the pointer: a semaphore is made to be shared between threads.
  private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

  init() { sem_init(semaphore, 0, 0) }

  deinit {
    sem_destroy(semaphore)
    semaphore.deallocate()
  }

  func signal() { sem_post(semaphore) }
  func wait() { while sem_wait(semaphore) != 0 && errno == EINTR {} }
}
