import BoxClient

/// The time of a queue, so that a test need not wait.
public struct OutboxClock: Sendable {
  /// Milliseconds since 1970.
  public let now: @Sendable () -> Int64
  /// Returns after the time, or throws when the task is cancelled.
  public let sleep: @Sendable (Duration) async throws -> Void

  public init(now: @escaping @Sendable () -> Int64, sleep: @escaping @Sendable (Duration) async throws -> Void) {
    self.now = now
    self.sleep = sleep
  }

  public static let system = OutboxClock(
    now: {
      let now = WallClock.now
      return now.seconds * 1000 + Int64(now.nanoseconds / 1_000_000)
    },
    sleep: { try await Task.sleep(for: $0) })
}
