import Testing

@testable import Watcher

@Suite("A watcher whose rules wait in on_start", .serialized, .timeLimit(.minutes(4)))
struct StartingTests {
  private static let others = "box.on('*', function(event) box.file.append('others.txt', 'event\\n') end)"
  private static func waiting(_ time: String) -> String {
    """
    box.on_start(function() box.sleep('\(time)') box.file.append('own.txt', 'start\\n') end)
    box.on('*', function() box.file.append('own.txt', 'event\\n') end)
    """
  }

  @Test("lets the other files go on, from the start and after a reload, and ends when it is told to")
  func others() async throws {
    try await WatchedAccount.with { account in
      try account.rule("waits", Self.waiting("1h"))
      try account.rule("other", Self.others)
      try await account.watching { _ in
        _ = try account.simulator.append([#"{"event_type":"ITEM_UPLOAD"}"#])
        try await eventually("the other file's event") { account.lines("others.txt").count == 1 }
        try account.rule("waits", Self.waiting("2h"))
        try await eventually("a reload") { account.log.contains("reloaded: changed") }
        _ = try account.simulator.append([#"{"event_type":"ITEM_UPLOAD"}"#])
        try await eventually("the next one") { account.lines("others.txt").count == 2 }
      }
      // Neither of the two waited for the end of its patience.
      #expect(!account.log.contains("waited"), "\(account.log.all)")
      #expect(!account.lines("own.txt").contains("start"))
    }
  }

  @Test("brings a file its events when its on_start is over, and waits for that with --once")
  func order() async throws {
    try await WatchedAccount.with(backlog: 3) { account in
      try account.rule("waits", Self.waiting("300ms"))
      try await account.once()
      #expect(account.lines("own.txt") == ["start", "event", "event", "event"])
      try account.rule(
        "waits", "box.on_start(function() box.sleep('300ms') box.file.append('own.txt', 'again\\n') end)")
      try await account.once()
      #expect(account.lines("own.txt").last == "again")
    }
  }

  @Test("writes what an old generation did at its end before the new one's on_start")
  func generations() async throws {
    func text(_ number: Int) -> String {
      """
      box.on_start(function() box.file.append('own.txt', 'start \(number): ' .. box.kv.get('n', 0) .. '\\n') end)
      box.on_stop(function() box.kv.set('n', \(number)) end)
      """
    }
    try await WatchedAccount.with { account in
      try account.rule("a", text(1))
      try await account.watching { _ in
        try await eventually("the first start") { account.lines("own.txt") == ["start 1: 0"] }
        try account.rule("a", text(2))
        try await eventually("the second start") { account.lines("own.txt") == ["start 1: 0", "start 2: 1"] }
      }
      try account.rule("a", text(3))
      try await account.once()
      #expect(account.lines("own.txt") == ["start 1: 0", "start 2: 1", "start 3: 2"])
    }
  }
}
