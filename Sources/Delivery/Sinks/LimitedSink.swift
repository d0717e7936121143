import Synchronization

/// A sink that several queues share, with so many deliveries under way at a time, in the order in which they came.
public final class LimitedSink: DeliverySink {
  private struct State {
    var free: Int
    var last = 0
    var waiting: [(number: Int, continuation: CheckedContinuation<Bool, Never>)] = []
    /// Whose task was cancelled before they waited.
    var cancelled: Set<Int> = []
  }

  private let sink: any DeliverySink
  private let state: Mutex<State>

  /// - Parameter limit: deliveries under way at a time.
  public init(_ sink: any DeliverySink, limit: Int) {
    self.sink = sink
    state = Mutex(State(free: max(1, limit)))
  }

  public var executor: (any TaskExecutor)? { sink.executor }

  public func deliver(_ items: [OutboxItem]) async -> SinkAnswer {
    guard await enter() else { return SinkAnswer(items.map { _ in .cancelled }) }
    defer { leave() }
    return await sink.deliver(items)
  }

  /// Waits for a place.
  /// - Returns: false when the task was cancelled first.
  private func enter() async -> Bool {
    let number = state.withLock { state in
      state.last += 1
      return state.last
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let answer: Bool? = state.withLock { state in
          if state.cancelled.remove(number) != nil { return false }
          guard state.free == 0 else {
            state.free -= 1
            return true
          }
          state.waiting.append((number, continuation))
          return nil
        }
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      let waiting = state.withLock { state -> CheckedContinuation<Bool, Never>? in
        guard let index = state.waiting.firstIndex(where: { $0.number == number }) else {
          state.cancelled.insert(number)
          return nil
        }
        return state.waiting.remove(at: index).continuation
      }
      waiting?.resume(returning: false)
    }
  }

  private func leave() {
    let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
      if state.waiting.isEmpty {
        state.free += 1
        return nil
      }
      return state.waiting.removeFirst().continuation
    }
    next?.resume(returning: true)
  }
}
