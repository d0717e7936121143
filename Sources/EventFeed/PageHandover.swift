import Synchronization

/// Where a feed's driver leaves a page, and its iteration takes it: room for one.
///
/// A page that lies there is taken without a suspension, so that the rules go straight on to it.
final class PageHandover: Sendable {
  private typealias Taker = CheckedContinuation<FeedPage?, any Error>

  private struct State {
    var page: FeedPage?
    /// The driver, until its page has been taken or, a small one, is done with.
    var giver: CheckedContinuation<Void, Never>?
    var taker: Taker?
    var ending: Result<FeedPage?, any Error>?
    var isCancelled = false
  }

  private let state = Mutex(State())

  /// Whether a page lies there.
  var holdsPage: Bool { state.withLock { $0.page != nil } }

  /// Hands a page over. Returns when it was taken, or, a small one, when the next is asked for; where the task is
  /// cancelled, at once, and then the page may be dropped.
  func give(_ page: FeedPage) async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { giver in
        let (taker, waits) = state.withLock { state in
          guard !state.isCancelled else { return (Taker?.none, false) }
          precondition(state.page == nil && state.giver == nil, "one page is given at a time")
          let taker = state.taker
          state.taker = nil
          if taker == nil { state.page = page }
          let waits = taker == nil || page.isSmall
          if waits { state.giver = giver }
          return (taker, waits)
        }
        taker?.resume(returning: page)
        if !waits { giver.resume() }
      }
    } onCancel: {
      let giver = state.withLock { state in
        state.isCancelled = true
        defer { state.giver = nil }
        return state.giver
      }
      giver?.resume()
    }
  }

  /// No more pages come. The first ending counts.
  func finish(throwing error: (any Error)? = nil) {
    let (taker, ending) = state.withLock { state in
      let ending = state.ending ?? error.map { .failure($0) } ?? .success(nil)
      state.ending = ending
      defer { state.taker = nil }
      return (state.taker, ending)
    }
    taker?.resume(with: ending)
  }

  /// The next page; asking for it says that the one before is done with. Nil when no more come.
  func take() async throws -> FeedPage? {
    // A continuation that is resumed in here suspends nothing.
    try await withCheckedThrowingContinuation { taker in
      let (result, giver) = state.withLock { state in
        precondition(state.taker == nil, "one page is taken at a time")
        let page = state.page
        state.page = nil
        let result = page.map { .success($0) } ?? state.ending
        if result == nil { state.taker = taker }
        guard page?.isSmall != true else { return (result, CheckedContinuation<Void, Never>?.none) }
        defer { state.giver = nil }
        return (result, state.giver)
      }
      giver?.resume()
      if let result { taker.resume(with: result) }
    }
  }
}
