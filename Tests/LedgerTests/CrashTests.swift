import Foundation
import Synchronization
import Testing

@testable import Ledger

struct CrashTests {
  /// How many of the numbered commits the ledger holds: each part must tell the same, and none may be missing.
  private func prefix(of ledger: Ledger) async throws -> Int {
    let keys = try await ledger.pending(limit: 100_000).deliveries.map(\.delivery.key)
    #expect(keys == (0..<keys.count).map { String($0 + 1) })
    guard !keys.isEmpty else { return 0 }
    #expect(try await ledger.streams() == [StreamProgress(stream: "all", position: String(keys.count))])
    #expect(try await ledger.cells(of: "a.lua").map(\.value) == [Array(String(keys.count).utf8)])
    #expect(try await ledger.seen() == ["user": .digests(1..<keys.count + 1)])
    return keys.count
  }

  @Test func aCopyOfAnyMomentHoldsEveryCommitThatHadReturned() async throws {
    let scratch = try Scratch()
    let ledger = try scratch.open()
    let returned = Returned()
    let commits = Task {
      defer { returned.isDone.store(true, ordering: .sequentiallyConsistent) }
      for number in 1...600 {
        _ = try await ledger.commit(.numbered(number))
        returned.last.store(number, ordering: .sequentiallyConsistent)
      }
    }
    repeat {
      let atLeast = returned.last.load(ordering: .sequentiallyConsistent)
      #expect(try await prefix(of: scratch.crashed().open()) >= atLeast)
    } while !returned.isDone.load(ordering: .sequentiallyConsistent)
    try await commits.value
  }

  private final class Returned: Sendable {
    let last = Atomic(0)
    let isDone = Atomic(false)
  }

  @Test func aTornWALLosesOnlyItsLastCommits() async throws {
    let scratch = try Scratch()
    let ledger = try scratch.open()
    for number in 1...20 { _ = try await ledger.commit(.numbered(number)) }
    let length = try scratch.bytes("ledger.sqlite-wal").count
    var last = 20
    for cut in stride(from: length, to: 0, by: -length / 23) {
      let copy = try scratch.crashed()
      try copy.change("ledger.sqlite-wal") { $0 = $0.prefix(cut) }
      let found = try await prefix(of: copy.open())
      #expect(found <= last)
      last = found
    }
    #expect(last < 20)
  }

  @Test func aKilledProcessLeavesEveryCommitThatHadReturned() async throws {
    for _ in 0..<5 {
      let scratch = try Scratch()
      let state = scratch.state
      await #expect(processExitsWith: .signal(SIGKILL)) { [state = state as String] in
        let ledger = try Ledger(StateLock(StateDirectory.make(state)))
        let killed = Int.random(in: 1...200)
        for number in 1...100_000 {
          _ = try await ledger.commit(.numbered(number))
          let file = open(state + "/returned", O_WRONLY | O_CREAT, 0o600)
          _ = "\(number)\n".withCString { pwrite(file, $0, strlen($0), 0) }
          close(file)
          if number == killed {
            Thread.detachNewThread {
              usleep(.random(in: 0...3_000))
              kill(getpid(), SIGKILL)
            }
          }
          if number % 7 == 0 { try await ledger.checkpoint() }
        }
      }
      let returned = try #require(Int(String(decoding: scratch.bytes("returned").prefix { $0 != 10 }, as: UTF8.self)))
      let found = try await prefix(of: scratch.open())
      #expect(found == returned || found == returned + 1)
    }
  }
}
