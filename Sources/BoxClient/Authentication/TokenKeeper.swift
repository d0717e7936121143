import Synchronization

/// The one token of an account: renewed before it ends and when Box refuses it, by one request however many callers
/// wait for it.
public final class TokenKeeper: Sendable {
  private struct Held {
    var token: Secret
    var renewAt: ContinuousClock.Instant?
    var generation: Int
  }

  private struct State {
    var held: Held?
    var renewal: (task: Task<Lease, any Error>, generation: Int)?
    var generation = 0
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

  /// A token that is good for now. Throws what the source throws.
  public func token() async throws -> Lease {
    try await lease(refused: nil)
  }

  /// A token other than the one that Box refused. Where another caller has renewed it already, that one.
  public func token(after refused: Lease) async throws -> Lease {
    try await lease(refused: refused.generation)
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
    case .failure(let needed): return try await Self.value(of: needed.task)
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

  private struct RenewalNeeded: Error {
    let task: Task<Lease, any Error>
  }

  private func renew(_ generation: Int) async throws -> Lease {
    defer { state.withLock { $0.renewal = nil } }
    let asked = ContinuousClock.now
    let token = try await source.newToken()
    let renewAt = token.renewAfter.map { asked + $0 }
    state.withLock { $0.held = Held(token: token.value, renewAt: renewAt, generation: generation) }
    return Lease(token: token.value, generation: generation)
  }
}
