import Testing

@testable import RuleEngine

@Suite("A page's visit to a rule file", .timeLimit(.minutes(2)))
struct PageVisitTests {
  /// Writes each event's id, and waits at the gate with event 2.
  static let waitsWithSecond = """
    box.on("DOWNLOAD", function(event)
      box.kv.incr("seen")
      if event.event_id == "2" then box.api.get("/gate") end
      box.file.append("log", event.event_id)
    end)
    """

  @Test("events are handled in Box's order, handlers in the order of their registration")
  func order() async throws {
    let text = """
      box.on("DOWNLOAD", function(event) box.file.append("log", event.event_id .. " first") end)
      box.on("*", function(event) box.file.append("log", event.event_id .. " second") end)
      """
    try await LiveRules.run(["a.lua": text]) { rules in
      let result = try await rules.handle("2", "1")
      #expect(result.written == ["2 first", "2 second", "1 first", "1 second"])
      #expect(result.outcomes.map(\.handler) == ["a/DOWNLOAD#1", "a/*#1", "a/DOWNLOAD#1", "a/*#1"])
      #expect(result.outcomes.map(\.eventIndex) == [0, 0, 1, 1])
      #expect(result.unfinished.isEmpty)
    }
  }

  @Test("a call that waits longer than the allowance goes on without the page")
  func leaving() async throws {
    try await LiveRules.run(["a.lua": Self.waitsWithSecond]) { rules in
      let page = try await rules.handle("1", "2", "3", allowance: .milliseconds(20))
      #expect(page.isRunning)
      #expect(page.unfinished.map(\.index) == [1, 2])
      #expect(page.unfinished.map(\.handlers) == [["a/DOWNLOAD#1"], []])
      #expect(page.unfinished.map(\.attempt) == [2, 1])
      #expect(page.written == ["1"])
      #expect(page.stored("seen") == "1")
      #expect(try rules.file.backlog == 2)

      rules.services.gate.open()
      let end = try await rules.file.finishRunning()
      #expect(end.written == ["2"])
      #expect(end.stored("seen") == "2")
      #expect(end.finished == 1)
      #expect(end.unfinished.isEmpty)
      #expect(try rules.file.backlog == 1)
      #expect(try #require(page.sequence) < #require(end.sequence))
    }
  }

  @Test("a page that comes before the end of such a call was taken queues behind it, in its order")
  func behindUntakenEnd() async throws {
    try await LiveRules.run(["a.lua": Self.waitsWithSecond]) { rules in
      let first = try await rules.handle("2", allowance: .milliseconds(20))
      #expect(first.isRunning)
      rules.services.gate.open()
      // The call ends; whoever commits the first page has not come to take that yet.
      while try rules.file.backlog > 0 { try await Task.sleep(for: .milliseconds(5)) }
      let second = try await rules.handle("3", allowance: .milliseconds(20))
      #expect(second.unfinished.map(\.index) == [0])
      #expect(second.written == [])
      let end = try await rules.file.finishRunning()
      #expect(end.written == ["2"])
      let sequences = try [first, end, second].map { try #require($0.sequence) }
      #expect(sequences == sequences.sorted())
      #expect(Set(sequences).count == 3)
    }
  }

  @Test("what the other handlers of that event do belongs to its end; those that are done are not named")
  func leavingBetweenHandlers() async throws {
    let text = """
      box.on("DOWNLOAD", function(event) box.file.append("log", "before") end, { name = "before" })
      box.on("DOWNLOAD", function(event) box.api.get("/gate") error("broken") end, { name = "waits" })
      box.on("DOWNLOAD", function(event) box.file.append("log", "behind") end, { name = "behind" })
      """
    try await LiveRules.run(["a.lua": text]) { rules in
      let page = try await rules.handle("1", allowance: .milliseconds(20))
      #expect(page.written == ["before"])
      #expect(page.unfinished.map(\.handlers) == [["a/waits", "a/behind"]])
      rules.services.gate.open()
      let end = try await rules.file.finishRunning()
      #expect(end.written == ["behind"])
      #expect(end.fates == [.parked])
      #expect(end.finished == 1)
    }
  }

  @Test("a file that computes for longer than the allowance ends the event in hand, and gets the rest later")
  func late() async throws {
    let text = "box.on('*', function(event) box.file.append('log', event.event_id) end)"
    try await LiveRules.run(["a.lua": text]) { rules in
      let result = try await rules.handle("1", "2", "3", allowance: .zero)
      #expect(result.written == ["1"])
      #expect(!result.isRunning)
      #expect(result.unfinished.map(\.index) == [1, 2])
      #expect(result.unfinished.allSatisfy { $0.handlers.isEmpty && $0.attempt == 1 && $0.failure == nil })
    }
  }

  @Test("while there is a backlog, a page is deferred whole, without the events that no handler wants")
  func deferred() async throws {
    let text = "box.on('DOWNLOAD', function(event) box.file.append('log', event.event_id) end)"
    let behind = RememberedState(cells: [], quarantined: [], backlog: 1)
    try await LiveRules.run(["a.lua": text], remembered: behind) { rules in
      let result = try await rules.handle("1", "2")
      #expect(result.outcomes.isEmpty)
      #expect(result.unfinished.map(\.index) == [0, 1])
      #expect(result.sequence == 1)
      let other = try await rules.handle("3", type: "UPLOAD")
      #expect(other.outcomes.isEmpty && other.unfinished.isEmpty)
      #expect(try rules.file.backlog == 3)
    }
  }

  @Test("a page that does not get its turn within the allowance is deferred whole")
  func noTurn() async throws {
    let text = """
      box.on_new_change(function() box.api.get("/gate") end)
      box.on("DOWNLOAD", function(event) box.file.append("log", event.event_id) end)
      """
    try await LiveRules.run(["a.lua": text]) { rules in
      let file = try rules.file
      async let change = file.newChange(stream: "default", position: "1", receivedAt: .init(seconds: 0))
      await rules.services.gate.arrival()
      let result = try await rules.handle("1", "2", allowance: .milliseconds(20))
      #expect(result.outcomes.isEmpty)
      #expect(result.unfinished.map(\.index) == [0, 1])
      rules.services.gate.open()
      #expect(await change.failures.isEmpty)
    }
  }

  @Test("a file that waits delays no other")
  func others() async throws {
    let quick = "box.on('*', function(event) box.file.append('log', event.event_id) end)"
    try await LiveRules.run(["a.lua": Self.waitsWithSecond, "b.lua": quick]) { rules in
      let results = await rules.handle(try LiveRules.page(["1", "2", "3"]), allowance: .milliseconds(20))
      #expect(results.map(\.written) == [["1"], ["1", "2", "3"]])
      #expect(results.map(\.isRunning) == [true, false])
      rules.services.gate.open()
      #expect(await rules.engine.files[0].finishRunning().finished == 1)
    }
  }
}
