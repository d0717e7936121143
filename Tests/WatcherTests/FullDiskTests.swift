import BoxSimulator
import Ledger
import Testing

@testable import Watcher

@Suite("A full disk", .timeLimit(.minutes(2)))
struct FullDiskTests {
  @Test("no position is stored behind a page that could not be, though its own page would fit")
  func position() async throws {
    try await WatchedAccount.with { account in
      try account.rule(
        "keep",
        """
        box.on("*", function(event)
          box.kv.set(event.event_id, ("x"):rep(4000))
          box.file.append("seen.txt", event.event_id .. "\\n")
        end)
        """)
      await #expect(throws: LedgerError.self) {
        try await account.watching {
          $0.grace = .milliseconds(100)
        } _: { watcher in
          try await eventually("a stream that is caught up") {
            watcher.current?.streams.first?.status.isCaughtUp == true
          }
          let live = try #require(watcher.current)
          try await live.ledger.takeRoom()
          // More than a small page: the next one is asked for beside its commit.
          _ = try account.simulator.append((1...100).map { #"{"event_id":"e\#($0)","event_type":"ITEM_UPLOAD"}"# })
          try await eventually("a page that waits, and the one that ends the drain") {
            let trouble = await live.committer.counters.trouble
            return trouble != nil && live.gate.commitsUnderWay == 2
          }
        }
      }
      try await account.once()
      #expect(account.lines("seen.txt").count == 100)
    }
  }
}
