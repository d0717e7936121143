import Synchronization

/// Lets one page at a time through the rules, in the order in which they came, and knows which of them are not committed
/// yet.
///
/// A lock and no actor: every page passes here, and mostly nobody waits.
final class Gate: Sendable {
  private struct State {
    var isEntered = false
    var queue: [CheckedContinuation<Void, Never>] = []
    var commits = 0
    var settling: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())

  var isEntered: Bool { state.withLock { $0.isEntered } }
  /// Pages that have been through the rules and are not committed yet.
  var commitsUnderWay: Int { state.withLock { $0.commits } }

  func enter() async {
    await withCheckedContinuation { continuation in
      let isInside = state.withLock { state in
        guard state.isEntered else {
          state.isEntered = true
          return true
        }
        state.queue.append(continuation)
        return false
      }
      // Which then suspends nothing.
      if isInside { continuation.resume() }
    }
  }

  func leave() {
    let next = state.withLock { state in
      guard !state.queue.isEmpty else {
        state.isEntered = false
        return CheckedContinuation<Void, Never>?.none
      }
      return state.queue.removeFirst()
    }
    next?.resume()
  }

  /// A page has been through the rules and is to be committed. To be called inside.
  func beginCommit() { state.withLock { $0.commits += 1 } }

  func endCommit() {
    let settled = state.withLock { state in
      state.commits -= 1
      guard state.commits == 0 else { return [CheckedContinuation<Void, Never>]() }
      defer { state.settling = [] }
      return state.settling
    }
    for waiter in settled { waiter.resume() }
  }

  /// Waits until all commits that have begun have ended. To be called inside, where no other begins.
  func settle() async {
    await withCheckedContinuation { continuation in
      let isSettled = state.withLock { state in
        if state.commits == 0 { return true }
        state.settling.append(continuation)
        return false
      }
      if isSettled { continuation.resume() }
    }
  }

  /// Runs `body` while nobody else is inside.
  func whileInside<Result>(_ body: () async throws -> Result) async rethrows -> Result {
    await enter()
    defer { leave() }
    return try await body()
  }

  /// Runs `body` between two pages: nobody else is inside, and all that was handled is in the ledger.
  func whileAlone<Result>(_ body: () async throws -> Result) async rethrows -> Result {
    try await whileInside {
      await settle()
      return try await body()
    }
  }
}
