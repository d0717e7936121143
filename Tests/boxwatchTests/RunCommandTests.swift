import BoxSimulator
import Foundation
import Testing

@testable import boxwatch

@Suite("run", .timeLimit(.minutes(2)))
struct RunCommandTests {
  private static func run(_ options: [String], yaml: String = "") async throws -> Command.Result {
    let scratch = try ScratchFolder()
    try scratch.write("rules/a.lua", "box.on('upload', function() end)")
    try scratch.write("boxwatch.yaml", yaml)
    let result = try await Command.start(["run"] + options, directory: scratch.path("")).finish()
    withExtendedLifetime(scratch) {}
    return result
  }

  /// A socket that listens on a free port of this machine.
  private static func listener() throws -> (descriptor: Int32, port: UInt16) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = bind(descriptor, $0, size)
        _ = listen(descriptor, 1)
        _ = getsockname(descriptor, $0, &size)
      }
    }
    return (descriptor, try #require(UInt16(exactly: address.sin_port.bigEndian)))
  }

  @Test("Box judges positions, and what it refuses exits 65", arguments: ["--from", "--reset-position"])
  func position(option: String) async throws {
    let result = try await Self.run(["--simulate", "--once", option, "garbage"])
    #expect(result.status == 65, "\(result.errors)")
    #expect(result.errors.contains("--reset-position"))
  }

  @Test(
    "a slip in one of the two words exits 64",
    arguments: [("begining", "beginning"), ("Beginning", "beginning"), ("nwo", "now"), ("noww", "now")])
  func slip(word: String, meant: String) async throws {
    let result = try await Self.run(["--simulate", "--once", "--from", word])
    #expect(result.status == 64)
    #expect(result.errors.contains("did you mean \(meant)?"), "\(result.errors)")
  }

  @Test(
    "a time in another form, and a word, take no stored position's place",
    arguments: [
      ("12h", "-12h"), ("1h30m", "-1h30m"), ("12hours", "a time"), ("+12h", "a time"), ("-12hours", "a time"),
      ("yesterday", "a time"), ("yestrday", "a time"), ("monday", "a time"), ("2026-01-05", "a time"),
      ("2026-01-05T09:00", "a time"), ("09:00", "a time"), ("5.1.2026", "a time"), ("5-jan-2026", "a time"),
      ("latest", "now"), ("oldest", "beginning"), ("start", "beginning"), ("none", "beginning"),
    ])
  func noPosition(text: String, meant: String) {
    #expect(MistypedStart.meaning(of: text) == meant)
  }

  @Test(
    "what may be a position is one",
    arguments: [
      "0", "30400984754258517", "1451002006632;4bdb8971-8cde-4e0b-a17c-3f1b0d1a9f52", "garbage", "a1b2-c3",
      "1526919030474-55", "1451002006632:42", "-1451002006632",
    ])
  func maybePosition(text: String) { #expect(MistypedStart.meaning(of: text) == nil) }

  @Test("a reset that is mistyped exits 64 and replaces nothing")
  func mistypedReset() async throws {
    let scratch = try ScratchFolder()
    try scratch.write("rules/a.lua", "box.on('upload', function() end)")
    func run(_ arguments: [String]) async throws -> Command.Result {
      try await Command.start(arguments, directory: scratch.path("")).finish()
    }
    _ = try await run(["run", "--once", "--simulate"])
    func position() async throws -> Substring? {
      try await run(["status", "--json"]).text.firstMatch(of: #/"position":"?[0-9]+/#)?.output
    }
    let before = try #require(await position())
    let refused = try await run(["run", "--once", "--simulate", "--reset-position", "12h"])
    #expect(refused.status == 64)
    #expect(refused.errors.hasPrefix("boxwatch: error: --reset-position 12h: did you mean -12h?\n  It takes now, "))
    #expect(try await position() == before)
  }

  @Test("where the log is JSON, so is the error that ends it")
  func fatalAsJSON() async throws {
    for (options, status) in [(["--from", "garbage"], 65), (["--config", "none.yaml"], 66), (["none.lua"], 66)] {
      let result = try await Self.run(["--simulate", "--once", "--log-format", "json"] + options)
      #expect(Int(result.status) == status)
      let lines = try result.errors.split(separator: "\n").map { line in
        try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String], "\(line)")
      }
      #expect(lines.allSatisfy { $0["time"] != nil && $0["message"] != nil })
      #expect(lines.last?["level"] == "error")
    }
    let configured = try await Self.run(["--simulate", "none.lua"], yaml: "log: { format: json }")
    #expect(configured.errors.hasPrefix(#"{"time":""#) && configured.errors.contains(#""advice":""#))
  }

  @Test("SIGHUP says that a changed configuration needs a new start, and nothing where it is the same")
  func changedConfiguration() async throws {
    let scratch = try ScratchFolder()
    try scratch.write("rules/a.lua", "box.on('upload', function() end)")
    try scratch.write("boxwatch.yaml", "output: out")
    let watcher = try Command.start(["run", "--simulate"], directory: scratch.path(""))
    func tell(_ text: String, _ expected: String) async throws {
      try scratch.write("boxwatch.yaml", text)
      while watcher.isRunning, !watcher.errorsSoFar.contains(expected) {
        watcher.signal(SIGHUP)
        try await Task.sleep(for: .milliseconds(100))
      }
    }
    while watcher.isRunning, !watcher.errorsSoFar.contains("watching default") {
      try await Task.sleep(for: .milliseconds(10))
    }
    try await tell("output: out # as it was", "reloaded: nothing has changed")
    #expect(!watcher.errorsSoFar.contains("since the start"))
    try await tell("output: elsewhere", "boxwatch.yaml has changed since the start: SIGHUP takes up rules alone")
    try await tell("outptu: elsewhere", "no new start would take it: boxwatch.yaml:1:1")
    watcher.interrupt()
    #expect(await watcher.finish().status == 0)
  }

  @Test("the simulator needs no secrets")
  func missingSecrets() async throws {
    let yaml = """
      accounts: { a: { client_id: c, client_secret_file: /nope, enterprise_id: "1" } }
      secrets: { k_file: /nope }
      """
    let result = try await Self.run(["--simulate", "--once", "--from", "beginning"], yaml: yaml)
    #expect(result.status == 0, "\(result.errors)")
    let strict = try await Self.run(["--once"], yaml: yaml)
    #expect(strict.status == 78)
  }

  @Test("real sinks of a simulated account are warned of, unless nothing is sent", arguments: [false, true])
  func realSinks(isDryRun: Bool) async throws {
    let result = try await Self.run(
      ["--simulate", "--once"] + (isDryRun ? ["--dry-run"] : []),
      yaml: "sinks: { sec: { type: slack, url: \"https://hooks.example.com/x\" }, f: { type: file, path: f } }\n")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("alerts go to sec; --dry-run sends nothing") == !isDryRun, "\(result.errors)")
  }

  @Test("metrics on an address that is taken exit 73 and name it")
  func takenAddress() async throws {
    let scratch = try ScratchFolder()
    try scratch.write("rules/a.lua", "box.on('upload', function() end)")
    let (listener, port) = try Self.listener()
    defer { close(listener) }
    let result = try await Command.start(
      ["run", "--simulate", "--metrics", "127.0.0.1:\(port)"], directory: scratch.path("")
    ).finish()
    withExtendedLifetime(scratch) {}
    #expect(result.status == 73, "\(result.errors)")
    #expect(result.errors.contains("127.0.0.1:\(port): address already in use"), "\(result.errors)")
  }

  @Test("a second SIGTERM ends at once with the code that shells give it")
  func secondSignal() async throws {
    let scratch = try ScratchFolder()
    try scratch.write(
      "rules/a.lua",
      "box.on_start(function() box.file.append('begun', 'x') end)\nbox.on_stop(function() box.sleep('1h') end)")
    let watcher = try Command.start(["run", "--simulate"], directory: scratch.path(""))
    while (try? scratch.read("output/begun")) == nil { try await Task.sleep(for: .milliseconds(20)) }
    while watcher.isRunning {
      watcher.signal(SIGTERM)
      try await Task.sleep(for: .milliseconds(200))
    }
    #expect(await watcher.finish().status == 143)
  }

  @Test("a position of another type of stream is warned of")
  func otherType() async throws {
    let scratch = try ScratchFolder()
    try scratch.write("rules/a.lua", "box.on('login', function() end)")
    func run(_ type: String, _ more: String...) async throws -> String {
      try await Command.start(
        ["run", "--once", "--simulate", "--stream-type", type] + more, directory: scratch.path("")
      ).finish().errors
    }
    let warning = "its position was got on admin_logs_streaming; on admin_logs it means another place"
    #expect(!(try await run("admin_logs_streaming")).contains("another place"))
    #expect(!(try await run("admin_logs_streaming")).contains("another place"))
    #expect(try await run("admin_logs").contains(warning))
    #expect(!(try await run("admin_logs_streaming", "--reset-position", "now")).contains("another place"))
  }

  /// Runs rules on streams of one account until they are caught up.
  private static func runEnterprise(
    sets: String, _ streams: KeyValuePairs<String, String>
  ) async throws -> (scratch: ScratchFolder, status: Int32, errors: String) {
    let scratch = try ScratchFolder()
    for name in ["one", "two"] {
      let rule = "box.on('*', function(event) box.file.append('\(name).txt', event.event_id .. '\\n') end)"
      try scratch.write("\(name)/\(name).lua", rule)
    }
    let types = ["admin_logs_streaming", "admin_logs", "admin_logs"]
    let lines = zip(streams, types).map { stream, type in
      "  \(stream.key): { stream_type: \(type), rules: \(stream.value), from: beginning }\n"
    }
    try scratch.write("boxwatch.yaml", "rules: \(sets)\nstreams:\n\(lines.joined())")
    let run = try await Command.start(["run", "--once", "--simulate"], directory: scratch.path("")).finish()
    return (scratch, run.status, run.errors)
  }

  @Test("the enterprise streams of an account bring each event to each of their rules once")
  func enterpriseRuleSets() async throws {
    let sets = "{ one: one, uno: one, two: two }"
    let cases: [KeyValuePairs<String, String>] = [
      ["live": "[one]", "late": "[two]"], ["live": "[one, two]", "late": "[two, one]"],
      ["live": "[one]", "late": "[uno]", "third": "[two]"],
    ]
    for streams in cases {
      let (scratch, status, errors) = try await Self.runEnterprise(sets: sets, streams)
      #expect(status == 0, "\(errors)")
      for name in ["one", "two"] {
        let ids = try scratch.read("output/\(name).txt").split(separator: "\n")
        #expect(ids.count >= 100 && Set(ids).count == ids.count, "\(name): \(ids.count) of \(streams)")
      }
    }
  }

  @Test(
    "rules of which some get the events of both enterprise streams are refused",
    arguments: [
      ("{ one: one, two: [one, two] }", "one"), ("{ one: one/one.lua, two: [one, two] }", "one/one.lua"),
      ("{ one: one, two: [one/one.lua, two] }", "one/one.lua"),
    ])
  func enterpriseOverlap(sets: String, shared: String) async throws {
    let (_, status, errors) = try await Self.runEnterprise(sets: sets, ["live": "[one]", "late": "[two]"])
    #expect(status == 78)
    let problem = "streams live and late bring the same events; \(shared) gets them from both, other rules do not"
    #expect(errors.contains(problem), "\(errors)")
  }

  @Test("a poll interval where no stream has one is warned of")
  func uselessInterval() async throws {
    let scratch = try ScratchFolder()
    try scratch.write("rules/a.lua", "box.on('login', function() end)")
    for (type, isWarned) in [("all", true), ("admin_logs", false)] {
      let run = try await Command.start(
        ["run", "--once", "--simulate", "--stream-type", type, "--poll-interval", "1s"], directory: scratch.path("")
      ).finish()
      #expect(run.status == 0, "\(run.errors)")
      #expect(run.errors.contains("--poll-interval changes nothing") == isWarned)
    }
  }

  @Test("an alert holds its repeats back over the runs of --once, and each run sums up its own")
  func heldBackOverRuns() async throws {
    let scratch = try ScratchFolder()
    try scratch.write("rules/a.lua", "box.on('*', function() box.alert { title = 'seen', dedup = '1h' } end)")
    var configuration = BoxSimulator.Configuration()
    configuration.backlog = 0
    let simulator = try BoxSimulator(configuration)
    try await simulator.withRunning { address in
      for number in 0..<4 {
        if number > 0 { try simulator.append(["{}"]) }
        let run = try await Command.start(
          ["run", "--once", "--api-url", address], environment: ["BOX_DEVELOPER_TOKEN": "d3veloper-token"],
          directory: scratch.path("")
        ).finish()
        #expect(run.status == 0, "\(run.errors)")
      }
    }
    let titles = try scratch.read("output/alerts.jsonl").split(separator: "\n").map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])["title"] as? String
    }
    #expect(titles == ["seen", "seen (and 1 more)", "seen (and 1 more)"])
  }

  @Test("--once gives up at about the time that it is given")
  func unreachable() async throws {
    let begun = ContinuousClock.now
    let scratch = try ScratchFolder()
    try scratch.write("rules/a.lua", "box.on('upload', function() end)")
    let result = try await Command.start(
      ["run", "--once", "--timeout", "1s", "--api-url", "http://127.0.0.1:1"],
      environment: ["BOX_DEVELOPER_TOKEN": "d3veloper-token"], directory: scratch.path("")
    ).finish()
    withExtendedLifetime(scratch) {}
    #expect(result.status == 69, "\(result.errors)")
    #expect(ContinuousClock.now - begun < .seconds(6))
  }
}
