import BoxClient
import EventFeed
import Ledger
import RuleEngine

extension StreamRunner {
  /// Takes a page through the rules and begins its commit, which ends beside the next page: one of a stream's pages is
  /// with the rules and one with the ledger at most.
  func handle(_ page: FeedPage, isReplayed: Bool = false) async throws {
    try await waitForRoom()
    let before = lastCommit.withLock { $0 }
    let visited = await surroundings.gate.whileInside { await visit(page, isReplayed: isReplayed) }
    do {
      try await before?.value
    } catch {
      // A position is never stored behind a page that is not.
      surroundings.gate.endCommit()
      throw error
    }
    let commit = Task(executorPreference: surroundings.committer.executor) {
      defer { self.surroundings.gate.endCommit() }
      try await self.commit(visited)
    }
    lastCommit.withLock { $0 = commit }
  }

  /// Waits for the commit that is under way.
  func settle() async throws {
    try await lastCommit.withLock { $0 }?.value
  }

  private struct Visited {
    let page: FeedPage
    let fresh: [Int]
    /// Those of the fresh ones that rules got, and those that are no events.
    let readable: [Int]
    let malformed: [Int]
    let results: [RuleEngine.FileResult]
    let isReplayed: Bool
  }

  private func visit(_ page: FeedPage, isReplayed: Bool) async -> Visited {
    let entries = page.events.entries
    // Streams of one account share their ids: another of them may have brought an event meanwhile.
    let fresh = surroundings.sharedIDs.unseen(page.fresh, of: stream.feedName) { entries[$0].digest }
    let malformed = fresh.filter { entries[$0].isMalformed }
    let readable = malformed.isEmpty ? fresh : fresh.filter { !entries[$0].isMalformed }
    let results =
      readable.isEmpty
      ? []
      : await surroundings.crew.engine.handle(
        page.events, fresh: readable, stream: stream.name, isReplayed: isReplayed,
        files: surroundings.crew.files(of: stream), allowance: RuleCrew.allowance)
    surroundings.sharedIDs.handled(fresh, of: stream.feedName) { entries[$0].digest }
    surroundings.gate.beginCommit()
    return Visited(
      page: page, fresh: fresh, readable: readable, malformed: malformed, results: results, isReplayed: isReplayed)
  }

  private func commit(_ visited: Visited) async throws {
    let page = visited.page
    // A page that brings nothing and moves nothing needs no commit.
    if !visited.fresh.isEmpty || page.position?.text != position || page.createdAfter != nil {
      let ids = try await surroundings.committer.commit(
        .init(
          stream: stream.name, feed: stream.feedName, page: page, fresh: visited.fresh,
          malformed: visited.malformed, isReplayed: visited.isReplayed,
          contact: visited.isReplayed ? nil : reached(with: page)),
        visited.results)
      surroundings.crew.committed(visited.results, ids)
    }
    note(page, handled: visited.readable.count)
    surroundings.prompts.show(page.events, visited.readable, of: stream.name)
  }
}
