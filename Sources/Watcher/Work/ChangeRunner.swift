import BoxClient
import EventFeed
import RuleEngine

/// Tells a rule file of doorbells. Those that ring while one is being handled are merged into one further call.
final class ChangeRunner: Sendable {
  struct Change: Sendable {
    let stream: String
    let position: String
    let receivedAt: Timestamp
  }

  private let changes: AsyncStream<Change>
  private let ring: AsyncStream<Change>.Continuation
  private let task: Task<Void, Never>

  /// - Parameter due: told when something of the file is due next.
  init(
    file: RuleFile, committer: Committer, due: @escaping @Sendable (Timestamp?) -> Void,
    failed: @escaping @Sendable (any Error) -> Void
  ) {
    let (changes, ring) = AsyncStream<Change>.makeStream(bufferingPolicy: .bufferingNewest(1))
    self.changes = changes
    self.ring = ring
    task = Task {
      for await change in changes {
        let result = await file.newChange(
          stream: change.stream, position: change.position, receivedAt: change.receivedAt)
        do {
          try await committer.commit([.init(file: file, result: result)])
          due(result.nextDue)
        } catch {
          failed(error)
        }
      }
    }
  }

  func notify(_ change: Change) { ring.yield(change) }

  func stop() async {
    ring.finish()
    task.cancel()
    await task.value
  }
}
