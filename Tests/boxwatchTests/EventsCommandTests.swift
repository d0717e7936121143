import BoxSimulator
import Foundation
import Testing

@Suite("boxwatch events", .timeLimit(.minutes(1)))
struct EventsCommandTests {
  private static let account = ["BOX_DEVELOPER_TOKEN": "t0ken-of-a-developer"]

  /// Runs `boxwatch events` against a simulator that holds these events.
  private func events(
    _ texts: [String], _ arguments: String..., faults: [FaultKind: Double] = [:]
  ) async throws -> Command.Result {
    try await events(texts, arguments: arguments, faults: faults)
  }

  private func events(
    _ texts: [String], arguments: [String], faults: [FaultKind: Double] = [:]
  ) async throws -> Command.Result {
    var configuration = BoxSimulator.Configuration()
    configuration.events = texts
    configuration.faults = faults
    return try await BoxSimulator(configuration).withRunning { address in
      try await Command.run(["events", "--api-url", address] + arguments, environment: Self.account)
    }
  }

  private func event(_ number: Int, type: String = "ITEM_UPLOAD", more: String = "") -> String {
    #"{"type":"event","event_id":"id-\#(number)","event_type":"\#(type)","created_at":"2026-03-01T00:00:0\#(number)Z","#
      + #""created_by":{"type":"user","id":"7","login":"ada@example.com"}\#(more)}"#
  }

  @Test("JSON Lines are the exact text of each event")
  func exactText() async throws {
    let texts = [
      event(1, more: #","n":12345678901234567890123,"x":1e400,"s":"\ud800 \u00e9","e":{ "a" : [ 1 , 2 ] }"#),
      event(2, more: #","source":null"#),
    ]
    let result = try await events(texts)
    #expect(result.status == 0)
    #expect(result.lines == texts)
  }

  @Test("line breaks between tokens become spaces, an event stays one line")
  func lineBreaks() async throws {
    let text =
      "{\"type\":\"event\",\n \"event_id\":\"a\",\r\n\"event_type\":\"X\",\"created_at\":\"2026-03-01T00:00:00Z\",\"created_by\":null}"
    let result = try await events([text])
    #expect(
      result.text == text.replacingOccurrences(of: "\r\n", with: "  ").replacingOccurrences(of: "\n", with: " ") + "\n")
  }

  @Test("the last line on standard error is the position at which a later call goes on")
  func goesOn() async throws {
    var configuration = BoxSimulator.Configuration()
    configuration.events = (1...9).map { event($0) }
    try await BoxSimulator(configuration).withRunning { address in
      var printed: [String] = []
      var position = "0"
      for _ in 1...4 {
        let result = try await Command.run(
          ["events", "--api-url", address, "--limit", "4", "--stream-position", position], environment: Self.account)
        #expect(result.status == 0)
        printed += result.lines
        let last = try #require(result.errors.split(separator: "\n").last)
        #expect(last.hasPrefix("next stream position: "))
        position = String(last.dropFirst("next stream position: ".count))
      }
      #expect(printed == configuration.events)
    }
  }

  @Test("a limit in the middle of a filtered page goes on behind what was dealt with")
  func limitInsidePage() async throws {
    var configuration = BoxSimulator.Configuration()
    configuration.events = (1...6).map { event($0, type: $0 % 2 == 0 ? "ITEM_UPLOAD" : "ITEM_MOVE") }
    let texts = try #require(configuration.events)
    try await BoxSimulator(configuration).withRunning { address in
      var printed: [String] = []
      var position = "0"
      for _ in 1...3 {
        let result = try await Command.run(
          [
            "events", "--api-url", address, "--event-type", "ITEM_UPLOAD", "--limit", "1", "--stream-position",
            position,
          ],
          environment: Self.account)
        printed += result.lines
        position = try #require(result.errors.split(separator: " ").last.map { String($0.dropLast()) })
      }
      #expect(printed == [texts[1], texts[3], texts[5]])
    }
  }

  @Test("the position never lies behind an event that was not written", arguments: ["jsonl", "csv", "table"])
  func fullDisk(format: String) async throws {
    var configuration = BoxSimulator.Configuration()
    configuration.events = [event(1), event(2)]
    try await BoxSimulator(configuration).withRunning { address in
      let result = try await Command.run(
        ["events", "--api-url", address, "--format", format, "--stream-position", "0"], environment: Self.account,
        output: "/dev/full")
      #expect(result.status == 73)
      #expect(result.errors.contains("next stream position: 0\n"))
      #expect(result.errors.contains("No space left on device"))
    }
  }

  @Test("strings that do not decode cost nobody anything", arguments: ["jsonl", "csv", "table"])
  func oddStrings(format: String) async throws {
    // Posted, such an event would be refused by nobody either: the simulator serves what it is given.
    let odd = [#"\q"#, #"\u12"#, #"\ud800"#, String(repeating: "x", count: 40) + #"\z"#]
    let texts = odd.enumerated().map { number, name in event(number + 1, more: #","source":{"name":"\#(name)"}"#) }
    let result = try await events(texts, "--format", format, "--limit", "0")
    #expect(result.status == 0)
    #expect(result.text.split(whereSeparator: \.isNewline).count == (format == "jsonl" ? 4 : 5))
    if format == "csv" { #expect(result.text.contains(#",\q"#)) }
  }

  @Test("types are filtered here, since Box ignores them on user streams")
  func filtersTypes() async throws {
    let texts = [event(1), event(2, type: "ITEM_MOVE"), event(3, type: "NEW_THING"), event(4)]
    let result = try await events(texts, "--event-type", "ITEM_MOVE, NEW_THING", "--limit", "0")
    #expect(result.lines == [texts[1], texts[2]])
  }

  @Test(
    "a type that the stream never has, and a field that no event has, are told with what may be meant",
    arguments: [
      (
        ["--event-type", "ITEM_MOVE,DOWNLOAD"],
        ["--event-type: event type \"DOWNLOAD\" does not occur on all: there it is ITEM_DOWNLOAD"]
      ),
      (["--fields", "event_id,created_by.login"], []),
      (["--fields", "evnt_id"], ["--fields: \"evnt_id\" is no field of Box's events; did you mean \"event_id\"?"]),
      (
        ["--fields", "actor.login"],
        [
          "--fields: \"actor.login\" is there in rules only; here fields are Box's own, such as created_by.login or "
            + "source.name"
        ]
      ),
      (
        ["--fields", "source.nmae,source.size,quite_new,source.etag,source.parent.name"],
        [
          "--fields: no event that was printed has \"source.nmae\"; did you mean \"source.name\"?",
          "--fields: no event that was printed has \"quite_new\"",
        ]
      ),
    ])
  func hints(arguments: [String], warnings: [String]) async throws {
    let text = event(1, more: #","source":{"type":"file","id":"9","name":"a","etag":null}"#)
    let result = try await events([text], arguments: arguments)
    #expect(result.status == 0)
    let lines = result.errors.split(separator: "\n").map(String.init)
    #expect(lines.dropLast() == warnings.map { "boxwatch: warning: \($0)" }[...])
    #expect(lines.last?.hasPrefix("next stream position: ") == true)
  }

  @Test("events that pages repeat are printed once, whatever the faults", arguments: [FaultKind.duplicate, .reorder])
  func printsOnce(fault: FaultKind) async throws {
    let texts = (0..<700).map { number in event(1).replacingOccurrences(of: "id-1", with: "id-\(number)") }
    let result = try await events(texts, "--limit", "0", "--page-size", "50", faults: [fault: 0.5])
    #expect(result.status == 0)
    #expect(result.lines.sorted() == texts.sorted())
  }

  @Test("CSV has a header, CR LF, quotes where RFC 4180 wants them, and nested values as JSON")
  func csv() async throws {
    let text = event(1, more: #","source":{"type":"file","id":9,"name":"a \"b\", c"},"tags":["x",1]"#)
    let result = try await events([text], "--format", "csv", "--fields", "event_id,source.id,source.name,tags,none")
    #expect(
      result.text == "event_id,source.id,source.name,tags,none\r\nid-1,9,\"a \"\"b\"\", c\",\"[\"\"x\"\",1]\",\r\n")
  }

  @Test("chosen fields of JSON Lines make an object of their exact values")
  func selectedFields() async throws {
    let result = try await events(
      [event(1, more: #","n":1.50"#)], "--fields", "event_id,n,created_by.login,missing")
    #expect(
      result.lines == [#"{"event_id":"id-1","n":1.50,"created_by.login":"ada@example.com","missing":null}"#])
  }

  @Test("a table lines its columns up")
  func table() async throws {
    let result = try await events(
      [event(1), event(2, type: "X")], "--format", "table", "--fields", "event_type,event_id")
    #expect(result.text == "EVENT_TYPE   EVENT_ID\nITEM_UPLOAD  id-1\nX            id-2\n")
  }

  @Test("created_after filters admin_logs, relative times included")
  func createdAfter() async throws {
    let texts = (1...5).map { event($0) }
    let exact = try await events(
      texts, "--stream-type", "admin_logs", "--created-after", "2026-03-01T00:00:03Z", "--created-before",
      "2026-03-01T01:00:05+01:00", "--limit", "0")
    #expect(exact.lines == Array(texts[2...3]))
    let relative = try await events(texts, "--stream-type", "admin_logs", "--created-after", "-1h")
    #expect(relative.status == 0)
    #expect(relative.text.isEmpty)
  }

  @Test("--follow prints what is there and what comes, until Ctrl-C ends it with 0")
  func follow() async throws {
    var configuration = BoxSimulator.Configuration()
    configuration.events = [event(1)]
    let simulator = try BoxSimulator(configuration)
    try await simulator.withRunning { address in
      let running = try Command.start(
        ["events", "--api-url", address, "--follow", "--limit", "0"], environment: Self.account)
      while simulator.statistics.pollsOpen == 0 { await Task.yield() }
      try simulator.append([event(2)])
      while simulator.statistics.eventsServed < 2 { await Task.yield() }
      while simulator.statistics.pollsOpen == 0 { await Task.yield() }
      running.interrupt()
      let result = await running.finish()
      #expect(result.status == 0)
      #expect(result.lines == [event(1), event(2)])
      #expect(result.errors.hasPrefix("next stream position: "))
    }
  }
}
