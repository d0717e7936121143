import Foundation
import Testing

@Suite("replay --state", .timeLimit(.minutes(5)))
struct ReplayStateTests {
  private static let rule = """
    box.on("*", function(event)
      local n = box.kv.incr("n", 1)
      box.kv.shared.incr("s", 1)
      box.file.append("all.txt", event.event_id .. " " .. n .. " " .. box.kv.shared.get("s") .. "\\n")
      if event.event_id == "7" then error("seven") end
    end)
    """

  private static func events(_ ids: Range<Int>) -> String {
    ids.map { "{\"event_id\":\"\($0)\",\"event_type\":\"ITEM_UPLOAD\",\"created_at\":\"2026-01-05T09:00:00Z\"}\n" }
      .joined()
  }

  private static func arguments(_ scratch: ScratchFolder, _ file: String) throws -> [String] {
    let rule = try scratch.write("rules/a.lua", rule)
    return [
      "replay", file, "--rules", rule, "--output", scratch.path("out"), "--state", scratch.path("state"),
    ]
  }

  @Test("what was handled before is skipped, what rules remembered goes on, a failure is parked")
  func goesOn() async throws {
    let scratch = try ScratchFolder()
    let first = try await Command.run(
      try Self.arguments(scratch, try scratch.write("a.jsonl", Self.events(1..<9))))
    #expect(first.status == 0)
    #expect(first.errors.contains("8 events handled, 1 handler call failed"))
    let second = try await Command.run(
      try Self.arguments(scratch, try scratch.write("b.jsonl", Self.events(5..<12))))
    #expect(second.errors.contains("3 events handled, 4 repeated"))
    let expected = [1, 2, 3, 4, 5, 6, 8, 9, 10, 11].enumerated().map { "\($1) \($0 + 1) \($0 + 1)\n" }.joined()
    #expect(try scratch.read("out/all.txt") == expected)
    let parked = try await Command.run(["parked", "list", "--json", "--state", scratch.path("state")])
    #expect(parked.text.contains("seven"))
  }

  @Test("a replay that is killed and begun again leaves its files as if it had run once")
  func killed() async throws {
    let scratch = try ScratchFolder()
    let file = try scratch.write("a.jsonl", Self.events(10..<20_010))
    let arguments = try Self.arguments(scratch, file)
    var kills = 0
    for pause in [60, 90, 120, 150, 200, 250, 300] {
      let running = try Command.start(arguments)
      try await Task.sleep(for: .milliseconds(pause))
      running.signal(SIGKILL)
      if await running.finish().status == SIGKILL { kills += 1 }
    }
    #expect(kills > 0)
    let last = try await Command.run(arguments)
    #expect(last.status == 0)
    let expected = (10..<20_010).map { "\($0) \($0 - 9) \($0 - 9)\n" }.joined()
    #expect(try scratch.read("out/all.txt") == expected)
  }

  @Test("timers of a replay that is killed and begun again tick as if it had run once")
  func killedTimers() async throws {
    let rule = """
      box.on("*", function(event) box.kv.incr("n") end)
      box.every("60s", function() box.file.append("ticks.txt", box.kv.incr("t") .. " " .. box.kv.get("n", 0) .. "\\n") end)
      box.cron("0 * * * *", function() box.file.append("hours.txt", box.kv.incr("h") .. "\\n") end)
      """
    let events = (0..<40_000).map { number in
      let (minute, second) = (number / 60, number % 60)
      let time = [minute / 60 % 24, minute % 60, second].map { ($0 < 10 ? "0" : "") + "\($0)" }.joined(separator: ":")
      return "{\"event_id\":\"\(number)\",\"event_type\":\"EDIT\",\"created_at\":\"2026-01-05T\(time)Z\"}\n"
    }
    let scratches = [try ScratchFolder(), try ScratchFolder()]
    var kills = 0
    for (scratch, pauses) in zip(scratches, [[], [100, 150, 200, 250, 300, 350, 400]]) {
      let arguments = [
        "replay", try scratch.write("a.jsonl", events.joined()), "--rules", try scratch.write("rules/a.lua", rule),
        "--output", scratch.path("out"), "--state", scratch.path("state"),
      ]
      for pause in pauses {
        let running = try Command.start(arguments)
        try await Task.sleep(for: .milliseconds(pause))
        running.signal(SIGKILL)
        if await running.finish().status == SIGKILL { kills += 1 }
      }
      #expect(try await Command.run(arguments).status == 0)
    }
    #expect(kills > 0)
    for file in ["out/ticks.txt", "out/hours.txt"] { #expect(try scratches[0].read(file) == scratches[1].read(file)) }
    #expect(try scratches[0].read("out/ticks.txt").split(separator: "\n").count == 666)
  }

  @Test("what waits in a watcher's backlog holds no replay, and stays there")
  func backlog() async throws {
    let scratch = try ScratchFolder()
    let rule = try scratch.write("rules/a.lua", "box.on('*', function(event) box.sleep(50) end)")
    let watcher = try Command.start([
      "run", "--simulate", rule, "--from", "beginning", "--state", scratch.path("state"), "--output",
      scratch.path("out"),
    ])
    func waiting() async throws -> Bool {
      let status = try await Command.run(["status", "--json", "--state", scratch.path("state")])
      return status.text.contains("\"backlog\":") && !status.text.contains("\"backlog\":0")
    }
    while try await !waiting() { try await Task.sleep(for: .milliseconds(100)) }
    watcher.signal(SIGKILL)
    _ = await watcher.finish()
    let file = try scratch.write("a.jsonl", Self.events(1_000..<1_010))
    let replay = try await Command.run(try Self.arguments(scratch, file))
    #expect(replay.status == 0)
    #expect(try scratch.read("out/all.txt").split(separator: "\n").count == 10)
    #expect(try await waiting())
  }

  @Test("a state that a watcher holds exits 75, and --diff takes none")
  func refused() async throws {
    let scratch = try ScratchFolder()
    let file = try scratch.write("a.jsonl", Self.events(1..<2))
    let rule = try scratch.write("rules/b.lua", "box.on('*', function() end)")
    let watcher = try Command.start([
      "run", "--simulate", rule, "--state", scratch.path("state"), "--output", scratch.path("out"),
    ])
    while !FileManager.default.fileExists(atPath: scratch.path("state/ledger.sqlite")) {
      try await Task.sleep(for: .milliseconds(20))
    }
    let held = try await Command.run(try Self.arguments(scratch, file))
    #expect(held.status == 75)
    watcher.signal(SIGTERM)
    _ = await watcher.finish()
    let diff = try await Command.run(try Self.arguments(scratch, file) + ["--diff", rule])
    #expect(diff.status == 64)
  }
}
