import BoxClient
import BoxSimulator
import Ledger
import Testing

@testable import Watcher

@Suite("A gap in a stream", .serialized, .timeLimit(.minutes(4)))
struct GapTests {
  private static let counting = """
    box.on("*", function(event)
      box.file.append("seen.txt", event.event_id .. (event.replayed and " replayed" or "") .. "\\n")
    end)
    """
  private static let streaming: @Sendable (inout WatcherConfiguration) -> Void = {
    $0.streams[0].streamType = .adminLogsStreaming
    $0.lateness = .zero
  }

  private static func append(_ ids: String..., to account: WatchedAccount) throws {
    _ = try account.simulator.append(ids.map { #"{"event_id":"\#($0)","event_type":"ITEM_UPLOAD"}"# })
  }

  /// The state of an account whose watcher has ended.
  private static func changing(_ account: WatchedAccount, _ body: (Ledger) async throws -> Void) async throws {
    let ledger = try Ledger(StateLock(StateDirectory.make(account.folder + "/state")))
    try await body(ledger)
    try await ledger.close()
  }

  private static func gaps(of account: WatchedAccount) async throws -> [NewGap] {
    var gaps: [NewGap] = []
    try await changing(account) { gaps = try await $0.gaps().map(\.gap) }
    return gaps
  }

  /// Moves the stream to where it stands now, and writes down that this leaves a gap which nobody has filled.
  private static func leaveGap(in account: WatchedAccount, from: Timestamp) async throws {
    let now = try await account.client().events.getEvents(
      queryParams: .init(streamType: .adminLogsStreaming, streamPosition: .now))
    let gap = StreamGap(from: from, to: WallClock.now + .seconds(1), reason: "a test")
    try await changing(account) { ledger in
      var commit = LedgerCommit()
      commit.streams = [StreamProgress(stream: "default", position: now.nextStreamPosition?.text)]
      commit.gaps = [gap.stored(for: "default")]
      _ = try await ledger.commit(commit)
    }
  }

  @Test("that a move to now leaves is filled, with what admin_logs shows late too")
  func movedToNow() async throws {
    try await WatchedAccount.with {
      $0.adminLogsBuffer = .seconds(3)
    } _: { account in
      try account.rule("count", Self.counting)
      try Self.append("before", to: account)
      try await account.once(Self.streaming)
      try Self.append("missed", to: account)
      try await account.once {
        Self.streaming(&$0)
        $0.lateness = .seconds(4)
        $0.resets = ["default": .position(.now)]
      }
      #expect(account.lines("seen.txt") == ["before", "missed replayed"])
      let gaps = try await Self.gaps(of: account)
      #expect(gaps.map(\.filled) == [true])
      #expect(gaps.first?.reason == "the position was moved to now")
      try await account.once(Self.streaming)
      #expect(account.lines("seen.txt").count == 2)
    }
  }

  @Test("that a move to now leaves in a stream that was never caught up is filled")
  func movedAfterFirstPage() async throws {
    try await WatchedAccount.with { account in
      try account.rule("count", Self.counting)
      // Longer ago than the last minutes, which every gap includes.
      let happened = WallClock.now - .seconds(3600)
      let ids = (1...600).map { "event-\($0)" }
      _ = try account.simulator.append(
        ids.map { #"{"event_id":"\#($0)","event_type":"ITEM_UPLOAD","created_at":"\#(happened)"}"# })
      await #expect(throws: WatcherError.self) {
        try await account.once {
          Self.streaming(&$0)
          $0.streams[0].client = try! account.client(isImpatient: true, answers: 1)
          $0.once = .init(timeout: .seconds(1))
        }
      }
      #expect(account.lines("seen.txt").count == 500)
      try await account.once {
        Self.streaming(&$0)
        $0.resets = ["default": .position(.now)]
      }
      #expect(account.lines("seen.txt").map { $0.split(separator: " ").first.map(String.init) } == ids)
    }
  }

  @Test("does not go back to what was followed before a stream was moved back")
  func movedBack() async throws {
    try await WatchedAccount.with { account in
      try account.rule("count", Self.counting)
      let now = WallClock.now
      func append(_ count: Int, _ ago: Int) throws {
        _ = try account.simulator.append(
          (0..<count).map {
            #"{"event_id":"\#(ago)-\#($0)","event_type":"ITEM_UPLOAD","created_at":"\#(now - .seconds(ago))"}"#
          })
      }
      try append(600, 7200)
      try append(1, 3600)
      try await account.once(Self.streaming)
      await #expect(throws: WatcherError.self) {
        try await account.once {
          Self.streaming(&$0)
          $0.streams[0].client = try! account.client(isImpatient: true, answers: 1)
          $0.once = .init(timeout: .seconds(1))
          $0.resets = ["default": .position(.beginning)]
        }
      }
      try await account.once {
        Self.streaming(&$0)
        $0.resets = ["default": .position(.now)]
      }
      let gap = try #require(try await Self.gaps(of: account).first)
      #expect(try #require(gap.from.flatMap { Timestamp($0) }) > now - .seconds(600))
      #expect(account.lines("seen.txt").count == 601)
    }
  }

  @Test("that an earlier run did not fill is filled beside the stream, each event once")
  func fromEarlierRun() async throws {
    try await WatchedAccount.with { account in
      try account.rule("count", Self.counting)
      let begun = WallClock.now
      try Self.append("before", to: account)
      try await account.once(Self.streaming)
      try Self.append("missed", to: account)
      try await Self.leaveGap(in: account, from: begun - .seconds(60))
      try Self.append("after", to: account)
      try await account.once(Self.streaming)
      #expect(
        account.lines("seen.txt").sorted().map { $0.split(separator: " ").first } == ["after", "before", "missed"])
      #expect(account.lines("seen.txt").contains("missed replayed"))
      #expect(try await Self.gaps(of: account).map(\.filled) == [true])
    }
  }

  @Test("is filled however often Box fails, and the stream does not wait for that")
  func failures() async throws {
    try await WatchedAccount.with { account in
      try account.rule("count", Self.counting)
      try await account.once(Self.streaming)
      try Self.append("missed", to: account)
      try await Self.leaveGap(in: account, from: WallClock.now - .seconds(60))
      account.simulator.setFaults([Fault(.serverError, .count(4), endpoint: .events)])
      try await account.once {
        Self.streaming(&$0)
        $0.streams[0].client = try! account.client(isImpatient: true)
      }
      #expect(account.lines("seen.txt") == ["missed replayed"])
      #expect(account.log.contains("the gap is not filled from admin_logs yet"))
      #expect(try await Self.gaps(of: account).map(\.filled) == [true])
    }
  }

  @Test("that Box keeps no more stays a gap, and one on a user stream too")
  func lost() async throws {
    try await WatchedAccount.with { account in
      try account.rule("count", Self.counting)
      try await account.once(Self.streaming)
      let before = WallClock.now - .seconds(400 * 86_400)
      try await Self.changing(account) { ledger in
        var commit = LedgerCommit()
        commit.gaps = [
          StreamGap(from: before, to: before + .seconds(60), reason: "old").stored(for: "default"),
          StreamGap(from: WallClock.now - .seconds(60), to: WallClock.now, reason: "user's").stored(for: "user"),
          StreamGap(from: before, to: WallClock.now, reason: "half").stored(for: "default"),
        ]
        _ = try await ledger.commit(commit)
      }
      try await account.once {
        Self.streaming(&$0)
        $0.streams.append(WatchedStream(name: "user", streamType: .all, client: $0.streams[0].client))
      }
      let gaps = try await Self.gaps(of: account)
      #expect(gaps.map(\.filled) == [false, false, true, false])
      // The half that nothing can fill.
      #expect(gaps.last?.from == before.description && gaps.last?.reason == "half")
    }
  }

  @Test("is noticed once where nothing was watched for longer than Box keeps events")
  func tooLong() async throws {
    try await WatchedAccount.with(backlog: 1) { account in
      try account.rule("count", Self.counting)
      try await account.once()
      let last = WallClock.now - .seconds(20 * 86_400)
      try await Self.changing(account) { ledger in
        var commit = LedgerCommit()
        commit.meta = [MetaChange(key: Committer.contactKey("default"), value: String(last.milliseconds))]
        _ = try await ledger.commit(commit)
      }
      for _ in 1...2 {
        // It is not reached again before the next start.
        account.simulator.setFaults([Fault(.serverError, .probability(1), endpoint: .events)])
        await #expect(throws: WatcherError.self) { try await account.once { $0.once = .init(timeout: .seconds(1)) } }
      }
      let gaps = try await Self.gaps(of: account)
      #expect(gaps.map(\.reason) == ["nothing watched for longer than Box keeps events of all"])
      #expect(gaps.first?.from == Timestamp(milliseconds: last.milliseconds).description)
    }
  }

  @Test("does not come of a clock that is ahead of Box's: now on admin_logs is Box's now", arguments: [false, true])
  func clockAhead(isReset: Bool) async throws {
    try await WatchedAccount.with {
      $0.retention[.adminLogs] = .seconds(1 << 32)
    } _: { account in
      try account.rule("count", Self.counting)
      func once(isReset: Bool = false) async throws {
        try await account.once {
          $0.streams[0].streamType = .adminLogs
          $0.streams[0].client = try! account.client(date: "Mon, 05 Jan 2026 09:14:00 GMT")
          $0.streams[0].from = .position(.now)
          $0.lateness = .zero
          if isReset { $0.resets = ["default": .position(.now)] }
        }
      }
      try await once()
      if isReset { try await once(isReset: true) }
      _ = try account.simulator.append([
        #"{"event_id":"early","event_type":"ITEM_UPLOAD","created_at":"2026-01-05T09:00:00Z"}"#,
        #"{"event_id":"new","event_type":"ITEM_UPLOAD","created_at":"2026-01-05T09:15:00Z"}"#,
      ])
      try await once()
      #expect(account.lines("seen.txt") == ["new"])
    }
  }
}
