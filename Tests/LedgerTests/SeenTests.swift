import Ledger
import Testing

struct SeenTests {
  let scratch = try! Scratch()

  private func options(perFeed: Int, inAll: Int = 1_000_000) -> Ledger.Options {
    var options = Ledger.Options()
    options.seenPerFeed = perFeed
    options.seenInAll = inAll
    return options
  }

  private func store(_ pages: Int, of size: Int, feed: String = "user", in ledger: Ledger) async throws {
    for page in 0..<pages {
      let numbers = page * size..<(page + 1) * size
      _ = try await ledger.commit(
        LedgerCommit { $0.seen = [SeenDigests(feed: feed, digests: .digests(numbers))] })
    }
  }

  @Test func digestsComeBackByFeedTheOldestFirst() async throws {
    let ledger = try scratch.open()
    _ = try await ledger.commit(
      LedgerCommit {
        $0.seen = [
          SeenDigests(feed: "user", digests: .digests(0..<3)), SeenDigests(feed: "admin", digests: .digests(9..<10)),
          SeenDigests(feed: "user", digests: .digests(3..<5)), SeenDigests(feed: "user", digests: []),
        ]
      })
    let again = try await scratch.reopen(ledger)
    #expect(try await again.seen() == ["user": .digests(0..<5), "admin": .digests(9..<10)])
  }

  @Test(arguments: [1, 100, 499, 7_000]) func theNewestUpToTheBoundAreKept(pageSize: Int) async throws {
    let ledger = try scratch.open(options(perFeed: 6_000))
    let pages = 20_000 / pageSize
    try await store(pages, of: pageSize, in: ledger)
    let kept = try #require(try await ledger.seen()["user"])
    let count = kept.count / 16
    #expect(count >= 6_000)
    #expect(count <= 6_000 + 6_000 / 16 + pageSize)
    let end = pages * pageSize
    #expect(kept == .digests(end - count..<end))
  }

  @Test func aNewStartGoesOnCounting() async throws {
    var ledger = try scratch.open(options(perFeed: 5_000))
    try await store(10, of: 500, in: ledger)
    try await ledger.close()
    ledger = try Ledger(ledger.lock, options: options(perFeed: 5_000))
    try await store(10, of: 500, in: ledger)
    let count = try #require(try await ledger.seen()["user"]).count / 16
    #expect((5_000..<6_000).contains(count))
  }

  @Test func feedsThatAreGoneTakeNoRoom() async throws {
    var options = options(perFeed: 12_000, inAll: 24_000)
    let ledger = try scratch.open(options)
    for feed in ["a", "b", "c", "d", "e"] { try await store(10, of: 500, feed: feed, in: ledger) }
    try await ledger.close()
    options.feeds = ["a"]
    let again = try Ledger(ledger.lock, options: options)
    try await store(30, of: 500, feed: "a", in: again)
    let counts = try await again.counts().seen
    #expect((12_000..<13_500).contains(try #require(counts["a"])))
    #expect(counts["b"] == 5_000)
  }

  @Test func feedsShareTheWholeButNoneFallsBelowFiveThousand() async throws {
    let ledger = try scratch.open(options(perFeed: 20_000, inAll: 24_000))
    for feed in ["a", "b"] { try await store(40, of: 500, feed: feed, in: ledger) }
    let counts = try await ledger.counts().seen
    #expect(counts["a"] == 20_000, "alone at the time, it had the whole")
    #expect((12_000..<13_500).contains(try #require(counts["b"])))
    for feed in ["c", "d", "e", "f", "g", "h"] { try await store(20, of: 500, feed: feed, in: ledger) }
    let last = try #require(try await ledger.counts().seen["h"])
    #expect((5_000..<6_000).contains(last))
  }
}
