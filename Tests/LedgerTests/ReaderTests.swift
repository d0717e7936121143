import Ledger
import Testing

struct ReaderTests {
  let scratch = try! Scratch()

  private let everything = LedgerCommit {
    $0 = .numbered(1)
    $0.entries = [.example()]
    $0.eventsParked = [
      NewParkedEvent(namespace: "b.lua", event: .example(), failure: .example("h"), parkedAt: 1)
    ]
    $0.quarantined = [Quarantine(handler: "h", since: 1, reason: "r")]
    $0.gaps = [NewGap(stream: "all", noticed: 1, reason: "r")]
  }

  private func expectEverything(_ reader: LedgerReader) throws {
    let overview = try reader.overview()
    #expect(overview.streams == everything.streams)
    #expect(overview.counts.deliveries == ["slack": 1])
    #expect(overview.counts.entries == ["a.lua": 1])
    #expect(overview.counts.parkedEvents == ["b.lua": 1])
    #expect(overview.counts.seen == ["user": 1])
    #expect(overview.quarantined == everything.quarantined)
    #expect(overview.gaps.map(\.gap) == everything.gaps)
    #expect(try reader.parkedEvents(limit: 10).map(\.parked) == everything.eventsParked)
    #expect(try reader.parkedDeliveries(limit: 10).isEmpty)
  }

  @Test func cellsThatTakeTooMuchAreNotRead() async throws {
    let commit = LedgerCommit {
      $0.cells = (1...9).map {
        CellChange(namespace: "a", part: "kv", key: [UInt8($0)], value: [UInt8](repeating: 0, count: 10_000))
      }
    }
    try await scratch.store(commit)
    let reader = try #require(try scratch.reader())
    guard case .tooMany(let bytes) = try reader.cells(of: ["a", "b"], limit: 90_000) else {
      Issue.record("more than the limit was read")
      return
    }
    #expect(bytes > 90_009)
    guard case .read(let cells) = try reader.cells(of: ["a", "b"], limit: bytes) else {
      Issue.record("what the limit allows was not read")
      return
    }
    #expect(cells.map(\.count) == [9, 0])
    #expect(cells == (try reader.cells(of: ["a", "b"])))
    try reader.close()
  }

  @Test func withoutALedgerThereIsNothingToRead() throws {
    #expect(try scratch.reader() == nil)
    _ = try StateDirectory.make(scratch.state)
    #expect(try scratch.reader() == nil)
    #expect(try scratch.names().isEmpty)
  }

  @Test func afterACleanEndItMakesNoFile() async throws {
    try await scratch.store(everything)
    let before = try scratch.contents()
    let reader = try #require(try scratch.reader())
    try expectEverything(reader)
    #expect(try scratch.names() == ["lock", "ledger.sqlite"])
    try reader.close()
    #expect(try scratch.contents() == before)
    #expect(try scratch.names() == ["lock", "ledger.sqlite"])
  }

  @Test func besideAWatcherItSeesEveryCommitThatWasMade() async throws {
    let ledger = try scratch.open()
    _ = try await ledger.commit(everything)
    let names = try scratch.names()
    let reader = try #require(try scratch.reader())
    try expectEverything(reader)
    for number in 2...20 {
      _ = try await ledger.commit(.numbered(number))
      if number % 5 == 0 { try await ledger.checkpoint() }
      #expect(try reader.overview().streams.first?.position == String(number))
    }
    try reader.close()
    #expect(try scratch.names() == names)
    _ = try await ledger.commit(.numbered(21))
    #expect(try await ledger.streams().first?.position == "21")
  }

  @Test func aReaderThatWasOpenBeforeAWatcherStartsReadsOn() async throws {
    try await scratch.store(.numbered(1))
    let reader = try #require(try scratch.reader())
    let ledger = try scratch.open()
    _ = try await ledger.commit(.numbered(2))
    #expect(try reader.overview().streams.first?.position == "2")
    try reader.close()
  }

  @Test func afterACrashItReadsTheWALAndLeavesIt() async throws {
    let origin = try Scratch()
    let ledger = try origin.open()
    _ = try await ledger.commit(everything)
    let copy = try origin.crashed()
    let before = try copy.contents()
    let reader = try #require(try copy.reader())
    try expectEverything(reader)
    try reader.close()
    #expect(try copy.contents() == before)
  }

  @Test func aReaderThatIsOpenWhenTheWatcherEndsLosesNothing() async throws {
    let ledger = try scratch.open()
    _ = try await ledger.commit(.numbered(1))
    let reader = try #require(try scratch.reader())
    #expect(try reader.overview().streams.first?.position == "1")
    try await ledger.close()
    #expect(try reader.overview().streams.first?.position == "1")
    try reader.close()
    let again = try Ledger(ledger.lock)
    #expect(try await again.streams().first?.position == "1")
  }
}
