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
  /// What ran, and on which threads.
  private final class Record: Sendable {
    private let state = Mutex((numbers: [Int](), threads: Set<UInt>()))

    var numbers: [Int] { state.withLock { $0.numbers } }
    var threadCount: Int { state.withLock { $0.threads.count } }

    func note(_ number: Int) {
      state.withLock { state in
        state.numbers.append(number)
        state.threads.insert(WorkerThreadTests.thread)
      }
    }
  }

  fileprivate static var thread: UInt { UInt(bitPattern: pthread_self().hashValue) }

  @Test("What tasks do there runs on one thread, in the order in which it came")
  func order() async {
    let thread = WorkerThread(name: "test")
    let record = Record()
    let tasks = (0..<1000).map { number in Task(executorPreference: thread) { record.note(number) } }
    for task in tasks { await task.value }
    #expect(record.numbers == Array(0..<1000))
    #expect(record.threadCount == 1)
  }

  @Test("A task comes back to it behind what it does elsewhere")
  func comesBack() async {
    let (thread, other) = (WorkerThread(name: "test"), WorkerThread(name: "test"))
    let places = await Task(executorPreference: thread) {
      let before = Self.thread
      let between = await withTaskExecutorPreference(other) { Self.thread }
      return [before, between, Self.thread]
    }.value
    #expect(places[0] == places[2])
    #expect(places[0] != places[1])
  }

  @Test("Whoever made it may let go of it: what is queued is done, then it ends", .timeLimit(.minutes(1)))
  func ending() async throws {
    let record = Record()
    weak var ended: WorkerThread?
    let tasks = {
      let thread = WorkerThread(name: "test")
      ended = thread
      return (0..<100).map { number in
        Task(executorPreference: thread) {
          await Task.yield()
          record.note(number)
        }
      }
    }()
    for task in tasks { await task.value }
    #expect(record.numbers.count == 100)
    while ended != nil { try await Task.sleep(for: .milliseconds(1)) }
  }
}
