import BoxClient
import RuleEngine
import Synchronization

/// Starts a rule file, and calls it when something of it is due by the clock: timers, the ends of deduplication periods.
final class ClockRunner: Sendable {
  private let file: RuleFile
  private let committer: Committer
  private let due = Mutex<Timestamp?>(nil)
  private let isStarted = Atomic(false)
  private let changes: AsyncStream<Void>
  private let changed: AsyncStream<Void>.Continuation
  private let task = Mutex<Task<Void, Never>?>(nil)

  init(file: RuleFile, committer: Committer) {
    self.file = file
    self.committer = committer
    (changes, changed) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// The file said when something is due next.
  func set(_ next: Timestamp?) {
    let isNew = due.withLock { due in
      defer { due = next }
      return due != next
    }
    if isNew { changed.yield() }
  }

  /// Whether the file's `on_start` is over.
  var hasStarted: Bool { isStarted.load(ordering: .acquiring) }

  /// Returns when the file's turn is taken for its start, which goes on beside the pages.
  func start(failed: @escaping @Sendable (any Error) -> Void) async {
    await file.beginStart()
    let task = Task {
      do {
        try await startFile()
        try await run()
      } catch is CancellationError {
      } catch {
        failed(error)
      }
    }
    self.task.withLock { $0 = task }
  }

  func stop() async {
    let task = task.withLock { $0 }
    task?.cancel()
    changed.finish()
    await task?.value
  }

  private func startFile() async throws {
    let result = await file.finishStart()
    set(result.nextDue)
    try await committer.commit([.init(file: file, result: result)])
    isStarted.store(true, ordering: .releasing)
  }

  private func run() async throws {
    var sleeper: Task<Void, Never>?
    defer { sleeper?.cancel() }
    changed.yield()
    var before = WallClock.now
    for await _ in changes {
      try Task.checkCancellation()
      sleeper?.cancel()
      guard let next = due.withLock({ $0 }) else { continue }
      // The time of day may be set: no sleep is longer than a minute, and where it went back the file is asked anew.
      let now = WallClock.now
      let isSetBack = now < before
      before = now
      let pause = min(next - now, .seconds(60))
      guard pause <= .zero || isSetBack else {
        sleeper = Task { [changed] in
          do {
            try await Task.sleep(for: pause)
            changed.yield()
          } catch {}
        }
        continue
      }
      let result = await file.tick()
      set(result.nextDue)
      try await committer.commit([.init(file: file, result: result)])
      changed.yield()
    }
  }
}
