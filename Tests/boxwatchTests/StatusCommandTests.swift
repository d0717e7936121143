import Foundation
import Testing

@Suite("status and parked", .timeLimit(.minutes(2)))
struct StatusCommandTests {
  private static let failing = "box.on('upload', function() error('broken \\27[31m') end)"
  private static func state(_ scratch: ScratchFolder) throws -> String {
    let path = scratch.path("state")
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    return path
  }

  /// Starts a watcher of a simulated account in a folder.
  private static func start(_ scratch: ScratchFolder, _ rule: String, _ options: [String] = []) throws
    -> Command.Running
  {
    let file = try scratch.write("rules/a.lua", rule)
    return try Command.start(
      ["run", "--simulate", "--from", "beginning", "--state", scratch.path("state"), "--output", scratch.path("out")]
        + options + [file])
  }

  /// A state whose ledger has parked events, and nothing that runs.
  private static func parked() async throws -> ScratchFolder {
    let scratch = try ScratchFolder()
    let result = try await start(scratch, failing, ["--once"]).finish()
    try #require(result.status == 0, "\(result.errors)")
    return scratch
  }

  private static func ids(_ scratch: ScratchFolder) async throws -> [String] {
    let list = try await Command.run(["parked", "list", "--json", "--state", scratch.path("state")])
    return try list.lines.map { line in
      let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      return "\(try #require(object["id"] as? Int))"
    }
  }

  @Test("where nothing has run, status says so; --require-running makes it exit 69")
  func nothing() async throws {
    let scratch = try ScratchFolder()
    let state = try Self.state(scratch)
    let status = try await Command.run(["status", "--state", state])
    #expect(status.status == 0)
    #expect(status.text.contains("No watcher runs on \(state)"))
    let json = try await Command.run(["status", "--json"], environment: ["STATE_DIRECTORY": state])
    #expect(json.text == "{\"running\":false}\n")
    let required = try await Command.run(["status", "--require-running", "--state", state])
    #expect(required.status == 69)
    #expect(required.errors.contains("no watcher runs on \(state)"))
  }

  @Test("the state is the configuration's, as for run; secrets that are missing are no mistake, others are")
  func configured() async throws {
    let scratch = try ScratchFolder()
    _ = try Self.state(scratch)
    let file = try scratch.write(
      "boxwatch.yaml", "state: state\nsecrets: { a: \"${UNSET}\", b_file: /nope }\n")
    func run(_ arguments: String...) async throws -> Command.Result {
      try await Command.start(arguments, directory: scratch.path("")).finish()
    }
    let here = try await run("status", "--require-running")
    #expect(here.status == 69)
    #expect(here.errors.contains("no watcher runs on state"), "\(here.errors)")
    let named = try await Command.run(["status", "--config", file])
    #expect(named.text.contains("No watcher runs on \(scratch.path("state"))"), "\(named.errors)")
    #expect(try await run("status", "--state", "missing").status == 66)
    #expect(try await run("parked", "list").status == 0)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: scratch.path("state"))
    #expect(try await run("parked", "list").status == 73)
    try scratch.write("boxwatch.yaml", "state: state\nsecrts: {}\n")
    let broken = try await run("status")
    #expect(broken.status == 78)
    #expect(broken.errors.contains("secrts"))
  }

  @Test("--once counts what is parked whatever the log's level is, and once", arguments: ["info", "critical"])
  func counted(level: String) async throws {
    let scratch = try ScratchFolder()
    let result = try await Self.start(scratch, Self.failing, ["--once", "--log-level", level]).finish()
    withExtendedLifetime(scratch) {}
    #expect(result.status == 0)
    let lines = result.errors.split(separator: "\n").filter { $0.contains("parked (boxwatch parked list)") }
    #expect(lines.count == 1 && lines.first?.hasPrefix("boxwatch: ") == true, "\(result.errors)")
  }

  @Test("a delivery that fails says why: in the log, at the end of --once, and in status")
  func undelivered() async throws {
    let scratch = try ScratchFolder()
    let file = try scratch.write("boxwatch.yaml", "allow: { http: [127.0.0.1] }\n")
    let rule = "box.on('upload', function() box.webhook('http://127.0.0.1:1/x', { a = 1 }) end)"
    let result = try await Self.start(scratch, rule, ["--once", "--grace", "1s", "--config", file]).finish()
    #expect(result.errors.contains("to box.webhook (http://127.0.0.1:1) has failed: "), "\(result.errors)")
    let waiting = result.errors.split(separator: "\n").first { $0.contains("for another attempt") }
    #expect(waiting?.contains(": http://127.0.0.1:1: ") == true, "\(result.errors)")
    let status = try await Command.run(["status", "--state", scratch.path("state")])
    #expect(status.text.contains(" pending: http://127.0.0.1:1: "), "\(status.text)")
  }

  @Test(
    "a directory that is not there exits 66, one that others can read 73, a damaged ledger 74",
    arguments: [
      (["status"], "missing", 66), (["parked", "list"], "missing", 66), (["parked", "retry", "--all"], "missing", 66),
      (["status"], "open", 73), (["parked", "drop", "--all", "--yes"], "open", 73),
      (["status"], "damaged", 74), (["parked", "retry", "--all"], "damaged", 74),
    ] as [([String], String, Int32)])
  func unusableState(arguments: [String], kind: String, code: Int32) async throws {
    let scratch = try ScratchFolder()
    let state = scratch.path("state")
    if kind != "missing" { _ = try Self.state(scratch) }
    if kind == "open" { try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: state) }
    if kind == "damaged" {
      let file = try scratch.write("state/ledger.sqlite", String(repeating: "no ledger ", count: 1000))
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
    }
    let result = try await Command.run(arguments + ["--state", state])
    #expect(result.status == code)
    #expect(result.errors.hasPrefix("boxwatch: error: "))
    #expect(result.errors.contains(state))
  }

  @Test(
    "wrong use exits 64",
    arguments: [
      (["parked", "retry"], "say what to retry"), (["parked", "drop"], "say what to drop"),
      (["parked", "drop", "--yes"], "say what to drop"), (["parked", "retry", "1", "--all"], "exclude each other"),
      (["parked", "retry", "0"], "0 is no id"), (["parked", "retry", "x"], "x"),
    ])
  func wrongUse(arguments: [String], complaint: String) async throws {
    let result = try await Command.run(arguments)
    #expect(result.status == 64)
    #expect(result.errors.contains(complaint), "\(result.errors)")
  }

  @Test("what is parked is listed with its reason, on one line of JSON each, and nothing moves the cursor")
  func list() async throws {
    let scratch = try await Self.parked()
    let state = scratch.path("state")
    let list = try await Command.run(["parked", "list", "--state", state])
    #expect(list.status == 0)
    #expect(list.text.contains("ITEM_UPLOAD  rule a/upload#1"))
    #expect(list.text.contains("broken \\u{1B}[31m"))
    #expect(!list.text.contains("\u{1B}"))
    let ids = try await Self.ids(scratch)
    #expect(!ids.isEmpty)
    let one = try await Command.run(["parked", "list", ids[0], "--state", state])
    #expect(one.errors.contains("1 event parked"))
    #expect(one.text.contains("a.lua:1"))
    let status = try await Command.run(["status", "--state", state])
    #expect(status.status == 0)
    #expect(status.text.contains("No watcher runs on \(state)"))
    #expect(status.text.contains("parked: \(ids.count) events"))
  }

  @Test("without a watcher, retry leaves events to the next run, and drop lets them go")
  func alone() async throws {
    let scratch = try await Self.parked()
    let state = scratch.path("state")
    let ids = try await Self.ids(scratch)
    let unknown = try await Command.run(["parked", "retry", "999999", "--state", state])
    #expect(unknown.status == 65)
    #expect(unknown.errors.contains("not parked: 999999"))
    let asked = try await Command.run(["parked", "drop", ids[0], "--state", state])
    #expect(asked.status == 64)
    #expect(asked.errors.contains("--yes"))
    let dropped = try await Command.run(["parked", "drop", ids[0], "--yes", "--state", state])
    #expect(dropped.status == 0)
    #expect(dropped.text == "1 event dropped\n")
    let retried = try await Command.run(["parked", "retry", "--rule", "a", "--state", state])
    #expect(retried.status == 0)
    #expect(retried.text == "\(ids.count - 1) events tried again by the next boxwatch run\n")
    #expect(try await Self.ids(scratch).isEmpty)

    let mended = "box.on('upload', function(event) box.file.append('done.txt', event.event_id .. '\\n') end)"
    let result = try await Self.start(scratch, mended, ["--once"]).finish()
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("\(ids.count - 1) backlog entries worked off"), "\(result.errors)")
    #expect(try scratch.read("out/done.txt").split(separator: "\n").count >= ids.count - 1)
  }

  @Test("a running watcher is asked; without its socket the state is held, which exits 75")
  func running() async throws {
    let scratch = try ScratchFolder()
    let state = scratch.path("state")
    let watcher = try Self.start(scratch, Self.failing)
    var text = ""
    while !text.contains("caught up") || !text.contains("parked:") {
      text =
        (try? await Command.run(["status", "--require-running"], environment: ["STATE_DIRECTORY": state]).text) ?? ""
      try await Task.sleep(for: .milliseconds(50))
    }
    #expect(text.contains("process \(watcher.processIdentifier)"))
    let ids = try await Self.ids(scratch)
    let retried = try await Command.run(["parked", "retry", ids[0], "--state", state])
    #expect(retried.text == "1 event tried again now\n", "\(retried.errors)")
    let dropped = try await Command.run(["parked", "drop", ids[1], "--yes", "--state", state])
    #expect(dropped.text == "1 event dropped\n", "\(dropped.errors)")

    try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: state + "/watcher.sock")
    for arguments in [["status"], ["parked", "retry", "--all"]] {
      let exposed = try await Command.run(arguments + ["--state", state])
      #expect(exposed.status == 73)
      #expect(exposed.errors.contains("watcher.sock has mode 666"), "\(exposed.errors)")
    }
    try FileManager.default.removeItem(atPath: state + "/watcher.sock")
    let held = try await Command.run(["parked", "retry", "--all", "--state", state])
    #expect(held.status == 75)
    #expect(held.errors.contains("is held by process \(watcher.processIdentifier)"))
    watcher.interrupt()
    #expect(await watcher.finish().status == 0)
  }
}
