import Synchronization

/// The one token of an account: renewed before it ends and when Box refuses it, by one request however many callers
/// wait for it.
public final class TokenKeeper: Sendable {
  private struct Held {
    var token: Secret
    var renewAt: ContinuousClock.Instant?
    var endsAt: ContinuousClock.Instant?
    var generation: Int
  }

  /// After an early renewal that failed: how long the token that is still good serves before the next attempt.
  private static let pauseAfterFailure: Duration = .seconds(15)
  /// A token that is to be renewed sooner is renewed by whoever asks for it.
  private static let shortestAhead: Duration = .seconds(1)

  private struct State {
    var held: Held?
    var renewal: (task: Task<Lease, any Error>, generation: Int)?
    var generation = 0
    /// Renews the token in time while nobody asks for it, as during a long poll.
    var ahead: Task<Void, Never>?
  }

  /// A token as it was handed out, so that a refusal can be told from the refusal of its predecessor.
  public struct Lease: Sendable {
    public let token: Secret
    fileprivate let generation: Int
  }

  private let source: any TokenSource
  private let state = Mutex(State())

  public init(_ source: any TokenSource) {
    self.source = source
  }

  deinit { state.withLock { $0.ahead?.cancel() } }

  /// A token that is good for now. Throws what the source throws.
  public func token() async throws -> Lease {
    try await lease(refused: nil)
  }

  /// A token other than the one that Box refused. Where another caller has renewed it already, that one.
  public func token(after refused: Lease) async throws -> Lease {
    try await lease(refused: refused.generation)
  }

  /// Returns when no renewal is under way, or when the source's ``TokenSource/patienceAtEnd`` is over. A renewal that is
  /// cut off may cost a refresh token, which is good for one use: call it before the transport is shut down.
  ///
  /// A cancelled task waits too: a program that is interrupted ends its work in order.
  ///
  /// - Parameter patience: in place of the source's.
  public func settle(patience: Duration? = nil) async {
    let patience = patience ?? source.patienceAtEnd
    state.withLock { state in
      state.ahead?.cancel()
      state.ahead = nil
    }
    guard let renewal = state.withLock({ $0.renewal?.task }) else { return }
    let (ends, sink) = AsyncStream<Void>.makeStream()
    let waiting = Task {
      _ = await renewal.result
      sink.finish()
    }
    let limit = Task {
      try? await Task.sleep(for: patience)
      sink.finish()
    }
    // Outside the caller's cancellation, which would end the loop at once.
    await Task { for await _ in ends {} }.value
    waiting.cancel()
    limit.cancel()
  }

  private func lease(refused: Int?) async throws -> Lease {
    let renewal = state.withLock { state -> Result<Lease, RenewalNeeded> in
      if let held = state.held, held.generation != refused, held.renewAt.map({ ContinuousClock.now < $0 }) ?? true {
        return .success(Lease(token: held.token, generation: held.generation))
      }
      if let running = state.renewal { return .failure(RenewalNeeded(task: running.task)) }
      state.generation += 1
      let generation = state.generation
      // Not a child of the caller: its cancellation must not take the token from the others.
      let task = Task { try await self.renew(generation) }
      state.renewal = (task, generation)
      return .failure(RenewalNeeded(task: task))
    }
    switch renewal {
    case .success(let lease): return lease
    case .failure(let needed):
      do {
        return try await Self.value(of: needed.task)
      } catch {
        guard !(error is CancellationError), let held = stillGood(unless: refused) else { throw error }
        return held
      }
    }
  }

  /// The token that was to be renewed early, as long as it has not ended and nobody refused it.
  private func stillGood(unless refused: Int?) -> Lease? {
    state.withLock { state in
      let now = ContinuousClock.now
      guard var held = state.held, held.generation != refused, let endsAt = held.endsAt, now < endsAt else {
        return nil
      }
      held.renewAt = min(endsAt, now + Self.pauseAfterFailure)
      state.held = held
      return Lease(token: held.token, generation: held.generation)
    }
  }

  /// What a renewal brings. A cancelled caller does not wait for it.
  private static func value(of renewal: Task<Lease, any Error>) async throws -> Lease {
    let (results, sink) = AsyncThrowingStream<Lease, any Error>.makeStream()
    Task {
      do {
        sink.yield(try await renewal.value)
        sink.finish()
      } catch {
        sink.finish(throwing: error)
      }
    }
    for try await lease in results { return lease }
    throw CancellationError()
  }

  /// Asks for a token when the one at hand should be renewed. What it brings schedules the next time.
  private func renewing(after pause: Duration) -> Task<Void, Never> {
    Task { [weak self] in
      try? await Task.sleep(for: pause)
      guard !Task.isCancelled else { return }
      // A failure is told to whoever asks next.
      _ = try? await self?.token()
    }
  }

  private struct RenewalNeeded: Error {
    let task: Task<Lease, any Error>
  }

  private func renew(_ generation: Int) async throws -> Lease {
    let asked = ContinuousClock.now
    do {
      let token = try await source.newToken()
      let held = Held(
        token: token.value, renewAt: token.renewAfter.map { asked + $0 }, endsAt: token.lifetime.map { asked + $0 },
        generation: generation)
      state.withLock { state in
        state.held = held
        state.renewal = nil
        state.ahead?.cancel()
        state.ahead = token.renewAfter.flatMap { $0 >= Self.shortestAhead ? renewing(after: $0) : nil }
      }
      return Lease(token: token.value, generation: generation)
    } catch {
      state.withLock { $0.renewal = nil }
      throw error
    }
  }
}
