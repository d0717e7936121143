import LuaHost
import Testing

/// An actor on a Lua thread, as a rule file is one.
actor Script {
  private nonisolated let thread = LuaThread()
  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
  private var state: LuaState?

  /// Runs a chunk and returns its results.
  func run(
    _ text: String, memory: Int = 64 << 20, cpu: Duration = .seconds(2), arguments: [LuaValue] = [],
    host: @escaping @Sendable (HostCall) -> HostReply = { _ in .values([]) }
  ) async throws -> [LuaValue] {
    let state = try LuaState(limits: .init(memory: memory), host: host)
    try state.define("call", as: 7)
    try state.seal(seed: 1)
    state.allowsNewGlobals = true
    let function = try state.load(Array(text.utf8), name: "script.lua")
    state.allowsNewGlobals = false
    return try await state.call(function, arguments: arguments, cpu: cpu)
  }

  /// How a call ends that is cancelled after it has asked for a wait of an hour, and before the wait begins.
  func cancelledBeforeItsWait() async throws -> LuaFailure? {
    let state = try LuaState { _ in
      .wait {
        try await Task.sleep(for: .seconds(3600))
        return []
      }
    }
    try state.define("call", as: 7)
    try state.seal(seed: 1)
    let function = try state.load(Array("box.call()".utf8), name: "script.lua")
    guard let waiting = try state.start(function, cpu: CPUBudget(.seconds(2))) else { return nil }
    state.cancelWait()
    do {
      _ = try await state.finish(waiting)
      return nil
    } catch {
      return error as? LuaFailure
    }
  }

  /// Bytes of freed memory that a state keeps behind a chunk, and behind its rest.
  func kept(behind text: String) async throws -> (busy: Int, resting: Int) {
    let state = try LuaState { _ in .values([]) }
    try state.seal(seed: 1)
    _ = try await state.call(try state.load(Array(text.utf8), name: "script.lua"), cpu: .seconds(10))
    let busy = state.keptMemory
    state.releaseKept()
    return (busy, state.keptMemory)
  }
}

@Suite("A Lua state", .timeLimit(.minutes(1)))
struct LuaStateTests {
  @Test("values come back as they went")
  func roundTrip() async throws {
    let results = try await Script().run(
      "return ...",
      arguments: [.integer(.max), .number(0.5), .text("a\0b"), .boolean(false), .array([.integer(1)]), .null])
    guard case .integer(.max) = results[0], case .number(0.5) = results[1], case .boolean(false) = results[3],
      case .null = results[5]
    else {
      Issue.record("\(results)")
      return
    }
    #expect(results[2].string == "a\0b")
  }

  @Test("freed memory is kept for what comes next, and given back at rest")
  func keptMemory() async throws {
    let kept = try await Script().kept(behind: "for i = 1, 1e5 do local garbage = { i } end")
    #expect(kept.busy > 0)
    #expect(kept.resting == 0)
  }

  @Test("a call is cancelled also between its question and its wait")
  func cancelledBeforeItsWait() async throws {
    #expect(try await Script().cancelledBeforeItsWait()?.kind == .cancelled)
  }

  @Test(
    "a mark of UTF-8 and a line for an interpreter are no part of a script",
    arguments: ["\u{FEFF}return 1", "#!/usr/bin/lua\nreturn 1", "\u{FEFF}#!/usr/bin/lua\nreturn 1"])
  func firstBytes(text: String) async throws {
    let results = try await Script().run(text)
    guard case .integer(1) = results.first else {
      Issue.record("\(results)")
      return
    }
  }

  @Test("a syntax error names file and line")
  func syntaxError() async throws {
    let failure = await #expect(throws: LuaFailure.self) { try await Script().run("local x =\n = 2") }
    #expect(failure?.kind == .syntax)
    #expect(failure?.message.hasPrefix("script.lua:2:") == true)
  }

  @Test("an endless loop ends by its CPU time, also inside pcall")
  func endlessLoop() async throws {
    let failure = await #expect(throws: LuaFailure.self) {
      try await Script().run("while true do pcall(function() while true do end end) end", cpu: .milliseconds(50))
    }
    #expect(failure?.kind == .time)
    #expect(failure?.location == "script.lua:1")
  }

  @Test("a host function's error is raised at the script's line")
  func hostError() async throws {
    let failure = await #expect(throws: LuaFailure.self) {
      try await Script().run("\nbox.call(1)") { _ in .error(.text("no")) }
    }
    #expect(failure?.message == "script.lua:2: no")
  }

  @Test("a host function that waits gives the script what came")
  func waiting() async throws {
    let results = try await Script().run("return box.call(20) + 1") { call in
      .wait {
        await Task.yield()
        return call.arguments
      }
    }
    guard case .integer(21) = results.first else {
      Issue.record("\(results)")
      return
    }
  }
}
