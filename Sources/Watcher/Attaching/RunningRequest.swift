import Synchronization

/// The request that is being answered, so that it can be cancelled, before it has begun too.
final class RunningRequest: Sendable {
  private struct State {
    var id = 0
    var task: Task<AttachedAnswer, Never>?
    /// Requests up to this one are to end.
    var cancelled = 0
  }

  private let state = Mutex(State())

  func run(_ id: Int, _ body: @escaping @Sendable () async -> AttachedAnswer) async -> AttachedAnswer {
    let task = Task { await body() }
    let isCancelled = state.withLock { state in
      (state.id, state.task) = (id, task)
      return id <= state.cancelled
    }
    if isCancelled { task.cancel() }
    defer { state.withLock { $0.task = nil } }
    return await task.value
  }

  /// Ends the request, and those before it.
  func cancel(_ id: Int) {
    let task = state.withLock { state in
      state.cancelled = max(state.cancelled, id)
      return state.id <= id ? state.task : nil
    }
    task?.cancel()
  }
}
