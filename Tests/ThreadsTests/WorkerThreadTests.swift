import Synchronization
import Testing
import Threads

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

@Suite("A thread for work that blocks")
struct WorkerThreadTests {
  @Test("What tasks do there runs on one thread, in the order in which it came")
  func order() async {
    let thread = WorkerThread()
    defer { thread.end() }
    let seen = Mutex<[Int]>([])
    let threads = Mutex<Set<UInt>>([])
    let tasks = (0..<1000).map { number in
      Task(executorPreference: thread) {
        threads.withLock { _ = $0.insert(UInt(bitPattern: pthread_self().hashValue)) }
        seen.withLock { $0.append(number) }
      }
    }
    for task in tasks { await task.value }
    #expect(seen.withLock { $0 } == Array(0..<1000))
    #expect(threads.withLock { $0.count } == 1)
  }

  @Test("A task comes back to it behind what it waits for elsewhere")
  func comesBack() async {
    let (thread, other) = (WorkerThread(), WorkerThread())
    defer {
      thread.end()
      other.end()
    }
    let places = await Task(executorPreference: thread) {
      let before = UInt(bitPattern: pthread_self().hashValue)
      let between = await withTaskExecutorPreference(other) { UInt(bitPattern: pthread_self().hashValue) }
      return [before, between, UInt(bitPattern: pthread_self().hashValue)]
    }.value
    #expect(places[0] == places[2])
    #expect(places[0] != places[1])
  }

  @Test("It ends behind all that is queued, and is let go of", .timeLimit(.minutes(1)))
  func ending() async throws {
    let count = Mutex(0)
    weak var ended: WorkerThread?
    do {
      let thread = WorkerThread()
      ended = thread
      let tasks = (0..<100).map { _ in Task(executorPreference: thread) { count.withLock { $0 += 1 } } }
      thread.end()
      for task in tasks { await task.value }
    }
    #expect(count.withLock { $0 } == 100)
    while ended != nil { try await Task.sleep(for: .milliseconds(1)) }
  }
}
