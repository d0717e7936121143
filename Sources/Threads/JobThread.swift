import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A thread of its own that runs the jobs of an executor, in the order in which they come.
public final class JobThread: Sendable {
  private struct Queue {
    var jobs: [UnownedJob] = []
    /// Whether the thread waits, or is about to, and has not been woken yet.
    var isWaiting = false
    var isEnding = false
    var hasEnded = false
  }

  private let queue = Mutex(Queue())
  private let wakeUp = Semaphore()

  public init() {}

  /// Makes the thread. To be called once.
  ///
  /// - Parameters:
  ///   - name: for whoever looks with `top -H`, `perf` or a debugger: at most 15 bytes, Linux takes no more.
  ///   - stackSize: bytes.
  ///   - main: what the thread does; in it, `runJobs`.
  public func start(name: StaticString, stackSize: Int, _ main: @escaping @Sendable () -> Void) {
    let main = Unmanaged.passRetained(
      Main {
        Self.nameCurrentThread("\(name)")
        main()
      })
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
    pthread_attr_setstacksize(&attributes, stackSize)
    var identifier = pthread_t()
    let status = pthread_create(
      &identifier, &attributes,
      { context in
        Unmanaged<Main>.fromOpaque(context!).takeRetainedValue().body()
        return nil
      }, main.toOpaque())
    pthread_attr_destroy(&attributes)
    precondition(status == 0, "no thread can be made: \(String(cString: strerror(status)))")
  }

  private static func nameCurrentThread(_ name: String) {
    #if canImport(Darwin)
      pthread_setname_np(name)
    #else
      // Glibc hides pthread_setname_np(3) from Swift. Where there is no /proc the thread has no name.
      guard let file = fopen("/proc/thread-self/comm", "we") else { return }
      fputs(name, file)
      fclose(file)
    #endif
  }

  public func enqueue(_ job: UnownedJob) {
    queue.withLock { queue in
      precondition(!queue.hasEnded, "a job for a thread that has ended")
      queue.jobs.append(job)
      wake(&queue)
    }
  }

  /// Ends `runJobs` when all that is queued has run. Nothing may be queued once it has ended.
  public func end() {
    queue.withLock { queue in
      queue.isEnding = true
      wake(&queue)
    }
  }

  /// With the lock held: once it is free, the thread may run the job that is queued, which may let go of all that keeps
  /// this object.
  private func wake(_ queue: inout Queue) {
    guard queue.isWaiting else { return }
    queue.isWaiting = false
    wakeUp.signal()
  }

  /// Runs what is queued and what comes, until `end`. To be called on the thread.
  public func runJobs(_ run: (UnownedJob) -> Void) {
    var jobs: [UnownedJob] = []
    while true {
      let hasEnded = queue.withLock { queue in
        swap(&jobs, &queue.jobs)
        queue.hasEnded = jobs.isEmpty && queue.isEnding
        queue.isWaiting = jobs.isEmpty && !queue.isEnding
        return queue.hasEnded
      }
      if hasEnded { return }
      if jobs.isEmpty { wakeUp.wait() }
      for job in jobs { run(job) }
      jobs.removeAll(keepingCapacity: true)
    }
  }

  private final class Main: Sendable {
    let body: @Sendable () -> Void

    init(body: @escaping @Sendable () -> Void) { self.body = body }
  }
}

/// A signal that is kept until somebody waits for it.
private final class Semaphore: @unchecked Sendable {
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
