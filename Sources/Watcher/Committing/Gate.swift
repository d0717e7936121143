/// Lets one page at a time through the rules, in the order in which they came, and knows which of them are not committed
/// yet.
actor Gate {
  private(set) var isEntered = false
  private var queue: [CheckedContinuation<Void, Never>] = []
  private var commits = 0
  private var settling: [CheckedContinuation<Void, Never>] = []

  func enter() async {
    guard isEntered else {
      isEntered = true
      return
    }
    await withCheckedContinuation { queue.append($0) }
  }

  func leave() {
    if queue.isEmpty { isEntered = false } else { queue.removeFirst().resume() }
  }

  /// A page has been through the rules and is to be committed. To be called inside.
  func beginCommit() { commits += 1 }

  func endCommit() {
    commits -= 1
    guard commits == 0 else { return }
    for waiter in settling { waiter.resume() }
    settling = []
  }

  /// Waits until all commits that have begun have ended.
  func settle() async {
    while commits > 0 { await withCheckedContinuation { settling.append($0) } }
  }
}

extension Gate {
  /// Runs `body` while nobody else is inside.
  nonisolated func whileInside<Result>(_ body: () async throws -> Result) async rethrows -> Result {
    await enter()
    do {
      let result = try await body()
      await leave()
      return result
    } catch {
      await leave()
      throw error
    }
  }

  /// Runs `body` between two pages: nobody else is inside, and all that was handled is in the ledger.
  nonisolated func whileAlone<Result>(_ body: () async throws -> Result) async rethrows -> Result {
    try await whileInside {
      await settle()
      return try await body()
    }
  }
}
