import BoxClient
import RuleEngine
import Synchronization

/// Calls a rule file when something of it is due by the clock: timers, the ends of deduplication periods.
final class ClockRunner: Sendable {
  private let file: RuleFile
  private let committer: Committer
  private let due = Mutex<Timestamp?>(nil)
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

  func start(failed: @escaping @Sendable (any Error) -> Void) {
    let task = Task {
      do {
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
