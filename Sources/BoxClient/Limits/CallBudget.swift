import Synchronization

/// All calls to Box as one user, whoever makes them: 900 a minute in bursts of 100, so that no minute has more than the
/// 1,000 that Box allows (PROTOCOL.md, section 5 "Limits").
public final class CallBudget: Sendable {
  private struct State {
    var bucket: TokenBucket?
    var calls: UInt64 = 0
    var waited: UInt64 = 0
  }

  private let state: Mutex<State>
  private let start = ContinuousClock.now

  /// - Parameter callsPerMinute: the ceiling; 0 for none.
  public init(callsPerMinute: Int = 900) {
    state = Mutex(State(bucket: callsPerMinute > 0 ? TokenBucket(perMinute: callsPerMinute, burst: 100) : nil))
  }

  /// Returns when a call may be made. Throws `CancellationError` when the task is cancelled meanwhile.
  public func acquire() async throws {
    let wait = state.withLock { state -> Duration in
      state.calls += 1
      let wait = state.bucket?.take(at: now) ?? .zero
      if wait > .zero { state.waited += 1 }
      return wait
    }
    guard wait > .zero else { return }
    do {
      try await Task.sleep(for: wait)
    } catch {
      state.withLock { state in
        state.calls -= 1
        state.bucket?.giveBack()
      }
      throw error
    }
  }

  /// How long to let doorbells gather before the next round of `calls` calls; zero while there is plenty.
  public func pace(calls: Int) -> Duration {
    state.withLock { $0.bucket?.pace(calls: calls, at: now) ?? .zero }
  }

  /// Calls made so far, and how many of them had to wait.
  public var usage: (calls: UInt64, waited: UInt64) {
    state.withLock { ($0.calls, $0.waited) }
  }

  private var now: Duration { ContinuousClock.now - start }
}
