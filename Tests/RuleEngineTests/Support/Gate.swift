import Synchronization

/// Where calls wait until a test lets them go on.
final class Gate: Sendable {
  private struct State {
    var isOpen = false
    var waiting: [CheckedContinuation<Void, Never>] = []
    var arrivals: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())

  func pass() async {
    await withCheckedContinuation { continuation in
      let arrivals = state.withLock { state in
        defer { state.arrivals = [] }
        if !state.isOpen { state.waiting.append(continuation) }
        return state.arrivals + (state.isOpen ? [continuation] : [])
      }
      for one in arrivals { one.resume() }
    }
  }

  /// Until a call waits here.
  func arrival() async {
    await withCheckedContinuation { continuation in
      let isThere = state.withLock { state in
        if state.waiting.isEmpty { state.arrivals.append(continuation) }
        return !state.waiting.isEmpty
      }
      if isThere { continuation.resume() }
    }
  }

  func open() {
    let waiting = state.withLock { state in
      defer { state.waiting = [] }
      state.isOpen = true
      return state.waiting
    }
    for one in waiting { one.resume() }
  }
}
