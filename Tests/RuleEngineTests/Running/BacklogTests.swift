import BoxClient
import Testing

@testable import RuleEngine

@Suite("A rule file's backlog", .timeLimit(.minutes(2)))
struct BacklogTests {
  private static let writes = """
    box.on("DOWNLOAD", function(event) box.file.append("log", event.event_id .. "/" .. event.attempt) end,
      { name = "writes" })
    box.on("DOWNLOAD", function(event)
      if event.event_id == "busy" then box.api.get("/busy") end
    end, { name = "asks" })
    """

  private static func remembered(_ backlog: Int) -> RememberedState {
    RememberedState(cells: [], quarantined: [], backlog: backlog)
  }

  @Test("its events are handled in order; then pages are handled at once again")
  func order() async throws {
    try await LiveRules.run(["a.lua": Self.writes], remembered: Self.remembered(2)) { rules in
      let entries = try ["2", "1"].map { try LiveRules.waiting($0) }
      let result = try #require(try await rules.file.work(off: entries, allowance: .seconds(60)))
      #expect(result.written == ["2/1", "1/1"])
      #expect(result.outcomes.map(\.eventIndex) == [0, 1])
      #expect(result.finished == 2)
      #expect(try await rules.handle("3").written == ["3/1"])
    }
  }

  @Test("when the allowance is over, what is left waits; one event is handled in any case")
  func allowance() async throws {
    try await LiveRules.run(["a.lua": Self.writes], remembered: Self.remembered(3)) { rules in
      let entries = try ["1", "2", "3"].map { try LiveRules.waiting($0) }
      let result = try #require(try await rules.file.work(off: entries, allowance: .zero))
      #expect(result.written == ["1/1"])
      #expect(result.finished == 1)
      #expect(result.unfinished.isEmpty)
      #expect(try rules.file.backlog == 2)
    }
  }

  @Test("an event that is to be tried again holds those behind it, and names the handlers that failed")
  func retried() async throws {
    try await LiveRules.run(["a.lua": Self.writes], remembered: Self.remembered(3)) { rules in
      rules.services.answer("/busy", .failure(QueryError("Box is busy", status: 503, mayPass: true)))
      let entries = try ["1", "busy", "3"].map { try LiveRules.waiting($0) }
      let result = try #require(try await rules.file.work(off: entries, allowance: .seconds(60)))
      #expect(result.written == ["1/1", "busy/1"])
      #expect(result.finished == 1)
      let left = try #require(result.unfinished.first)
      #expect(result.unfinished.count == 1)
      #expect(left.index == 1)
      #expect(left.handlers == ["a/asks"])
      #expect(left.attempt == 2)
      #expect(left.failure?.failure.message.contains("Box is busy") == true)
      #expect(try rules.file.backlog == 2)
    }
  }

  @Test("the next attempt calls the handlers that remain, and tells them which attempt it is")
  func nextAttempt() async throws {
    try await LiveRules.run(["a.lua": Self.writes], remembered: Self.remembered(1)) { rules in
      let entry = try LiveRules.waiting("1", handlers: ["a/writes"], attempt: 3)
      let result = try #require(try await rules.file.work(off: [entry], allowance: .seconds(60)))
      #expect(result.written == ["1/3"])
      #expect(rules.services.asked.isEmpty)
    }
  }

  @Test("a handler that is not there any more is told as gone; the others of the event run")
  func gone() async throws {
    try await LiveRules.run(["a.lua": Self.writes], remembered: Self.remembered(1)) { rules in
      let entry = try LiveRules.waiting("1", handlers: ["a/removed", "a/writes"], attempt: 2)
      let result = try #require(try await rules.file.work(off: [entry], allowance: .seconds(60)))
      #expect(result.fates == [.gone])
      #expect(result.failures.first?.handler == "a/removed")
      #expect(result.failures.first?.eventID == "1")
      #expect(result.written == ["1/2"])
      #expect(result.finished == 1)
    }
  }

  @Test("an event that waits for handlers of which none is there any more is told as gone, until there are some again")
  func allGone() async throws {
    let others = "box.on('UPLOAD', function(event) box.file.append('log', event.event_id) end)"
    var parked: RuleFailure?
    try await LiveRules.run(["a.lua": others], remembered: Self.remembered(1)) { rules in
      let result = try #require(
        try await rules.file.work(off: [try LiveRules.waiting("1")], allowance: .seconds(60)))
      #expect(result.fates == [.gone])
      #expect(result.finished == 1)
      parked = result.failures.first
    }
    let handler = try #require(parked?.handler)
    #expect(parked?.failure.message.hasPrefix("no handler for events of type DOWNLOAD is in ") == true)
    try await LiveRules.run(["a.lua": Self.writes], remembered: Self.remembered(1)) { rules in
      let entry = try LiveRules.waiting("1", handlers: [handler])
      let result = try #require(try await rules.file.work(off: [entry], allowance: .seconds(60)))
      #expect(result.written == ["1/1"])
      #expect(result.failures.isEmpty)
    }
  }

  @Test("parked events that are tried again stand in it like others")
  func grown() async throws {
    try await LiveRules.run(["a.lua": Self.writes]) { rules in
      try await rules.file.backlogGrew(by: 1)
      #expect(try await rules.handle("2").unfinished.count == 1)
      let entries = try ["1", "2"].map { try LiveRules.waiting($0) }
      #expect(try await rules.file.work(off: entries, allowance: .seconds(60))?.finished == 2)
      #expect(try await rules.file.status.backlog == 0)
    }
  }
}
