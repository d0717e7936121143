import Foundation
import Ledger
import Testing

@Suite("repl as a batch", .timeLimit(.minutes(2)))
struct ReplBatchTests {
  private static func run(_ chunks: String..., options: [String] = []) async throws -> Command.Result {
    try await Command.run(["repl"] + options + chunks.flatMap { ["-e", $0] })
  }

  private static func pipe(_ text: String, options: [String] = []) async throws -> Command.Result {
    try await Command.run(["repl"] + options, input: text)
  }

  @Test(
    "an expression's value is printed: text as it is, the rest readable",
    arguments: [
      ("1 + 1", "2"), ("'a' .. 'b'", "ab"), ("nil", "nil"), ("{ 1, a = { 2 } }", "{ 1, a = { 2 } }"),
      ("return 3, 'x'", "3\nx"), ("'line one\\nline two'", "line one\nline two"), ("2^53", "9007199254740992.0"),
    ])
  func values(_ chunk: String, _ printed: String) async throws {
    let result = try await Self.run(chunk)
    #expect(result.status == 0)
    #expect(result.text == printed + "\n")
    #expect(result.errors == "")
  }

  @Test("a statement prints nothing, print does")
  func statements() async throws {
    let result = try await Self.run("x = 2", "print(x, 'y')", "x = x + 1")
    #expect(result.status == 0)
    #expect(result.text == "2\ty\n")
  }

  @Test("the underscore is the last value")
  func lastValue() async throws {
    let result = try await Self.run("20", "_ + 1", "_ * 2")
    #expect(result.lines == ["20", "21", "42"])
  }

  @Test("the first error ends it with 1 and names its line")
  func errors() async throws {
    let result = try await Self.run("1", "local t\nreturn t.x", "2")
    #expect(result.status == 1)
    #expect(result.text == "1\n")
    #expect(result.errors.contains("boxwatch: error: -e:2: attempt to index a nil value (local 't')"))
  }

  @Test("text that is no Lua runs nothing")
  func syntax() async throws {
    let result = try await Self.pipe("print(1)\nx = = 2\n")
    #expect(result.status == 1)
    #expect(result.text == "")
    #expect(result.errors.contains("stdin:2: unexpected symbol near '='"))
  }

  @Test("a chunk that does not end is told with the line on which it begins")
  func unfinished() async throws {
    let result = try await Self.pipe("x = 1\nprint(\n")
    #expect(result.status == 1)
    #expect(result.errors.contains("stdin:2"))
  }

  @Test("standard input is a script, with locals from its first line to its last")
  func script() async throws {
    let result = try await Self.pipe("local n = 0\nfor i = 1, 4 do n = n + i end\nprint(n)\n")
    #expect(result.status == 0)
    #expect(result.text == "10\n")
  }

  @Test("standard input may also be lines as they would be typed, commands among them")
  func lines() async throws {
    let result = try await Self.pipe("1 + 1\nfunction f(x)\n  return x * 2\nend\nf(_)\n.json on\n{ a = 1 }\n")
    #expect(result.status == 0)
    #expect(result.text == "2\n4\n{\n  \"a\": 1\n}\n")
  }

  @Test("without an account everything works but asking Box, which says what is missing")
  func withoutAccount() async throws {
    let result = try await Self.run("box.kv.incr('n')", "box.get_events {}")
    #expect(result.status == 1)
    #expect(result.text == "1\n")
    #expect(result.errors.contains("-e:1"))
    #expect(result.errors.contains("BOX_DEVELOPER_TOKEN"))
  }

  @Test("a state directory that others may read is no one's concern until Box is asked")
  func exposedState() async throws {
    let scratch = try ScratchFolder()
    try FileManager.default.createDirectory(
      atPath: scratch.path(".boxwatch"), withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
    func run(_ chunk: String) async throws -> Command.Result {
      try await Command.start(["repl", "-e", chunk], directory: scratch.path("")).finish()
    }
    let harmless = try await run("print(1)")
    #expect(harmless.status == 0)
    #expect(harmless.text == "1\n")
    #expect(harmless.errors == "")
    let asking = try await run("box.get_events {}")
    #expect(asking.status == 1)
    #expect(asking.errors.contains("-e:1"))
    #expect(asking.errors.contains(".boxwatch has mode 755"), "\(asking.errors)")
    #expect(asking.errors.contains("chmod 700 .boxwatch"))
  }

  @Test("the simulated Box answers")
  func simulated() async throws {
    let result = try await Self.run(
      "box.events { stream_position = '0' }:count()", "#box.get_events { limit = 5, stream_position = '0' }.entries",
      options: ["--simulate"])
    #expect(result.status == 0)
    #expect(result.lines == ["200", "5"])
  }

  @Test("alerts are printed; files, webhooks and commands are told and not carried out")
  func effects() async throws {
    let scratch = try ScratchFolder()
    let result = try await Self.run(
      "box.alert { title = 'hello', severity = 'low' }", "box.file.append('a.txt', 'x')",
      options: ["--output", scratch.path("out")])
    #expect(result.status == 0)
    #expect(result.text.contains("\"title\":\"hello\""))
    #expect(result.errors.contains("not done at the prompt: append 1 byte to a.txt"))
    #expect((try? scratch.read("out/a.txt")) == nil)
  }

  @Test("a chunk that fails leaves nothing behind")
  func rollback() async throws {
    let result = try await Self.pipe("box.kv.set('k', 1); error('broken')")
    #expect(result.status == 1)
    #expect(result.errors.contains("stdin:1: broken"))
  }

  @Test("memory is capped, and the cap is told")
  func memory() async throws {
    let result = try await Self.run("local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end")
    #expect(result.status == 1)
    #expect(result.errors.contains("not enough memory"))
  }

  @Test("Ctrl-C ends a chunk that computes and one that waits", arguments: ["while true do end", "box.sleep('1h')"])
  func interrupt(_ chunk: String) async throws {
    let scratch = try ScratchFolder()
    let command = try Command.start(
      ["repl", "-e", "print('begun')", "-e", chunk], output: try scratch.write("out", ""))
    while try scratch.read("out").isEmpty { try await Task.sleep(for: .milliseconds(10)) }
    command.interrupt()
    #expect(await command.finish().status == 130)
  }

  @Test("a command is one also where it could go on with the Lua before it")
  func commandBehindCall() async throws {
    let result = try await Self.pipe("tostring(1)\n.load /tmp/none/such\n")
    #expect(result.status == 1)
    #expect(result.text == "1\n")
    #expect(result.errors.contains("/tmp/none/such"), "\(result.errors)")
  }

  @Test(".replay hands recorded events to the handlers, by their own clock")
  func replay() async throws {
    let scratch = try ScratchFolder()
    let events = try scratch.write(
      "events.jsonl",
      """
      {"event_id":"1","event_type":"UPLOAD","created_at":"2026-01-05T09:00:00Z","source":{"name":"a.pdf"}}
      {"event_id":"1","event_type":"UPLOAD","created_at":"2026-01-05T09:00:00Z","source":{"name":"a.pdf"}}
      {"event_id":"2","event_type":"UPLOAD","created_at":"2026-01-05T09:00:05Z","source":{"name":"b.pdf"}}

      """)
    let result = try await Self.pipe(
      "box.on('upload', function(event) print(event.source.name, os.date('!%H:%M:%S')) end)\n.replay \(events)\n")
    #expect(result.status == 0)
    #expect(result.lines == ["a.pdf\t09:00:00", "b.pdf\t09:00:05"])
    #expect(result.errors.contains("2 events handled"))
  }

  @Test(".explain says which handlers match an event, why others do not, and what they would do")
  func explain() async throws {
    let id = try await Self.run(
      "box.events { stream_position = '0' }:take(1)[1].event_id", options: ["--simulate"]
    ).lines.first
    let explained = try await Self.run(
      "box.on('upload', { ['source.type'] = 'web_link' }, function() end)",
      "box.on('*', function(e) box.kv.incr('n'); box.alert('seen') end, { name = 'all' })",
      ".explain \(try #require(id))", options: ["--simulate"])
    #expect(explained.status == 0)
    #expect(
      explained.lines.dropFirst() == [
        "matches    repl/all", "             alert, info: seen [repl]", "             kv n = 1",
        "no         repl/upload#1", "             where source.type: it is \"file\", wanted \"web_link\"",
      ])
    let missing = try await Self.run(".explain nosuch", options: ["--simulate"])
    #expect(missing.status == 1)
    #expect(missing.errors.contains("no event nosuch: it did not come to this prompt"))
  }

  @Test("what goes with --attach goes with nothing else, and without a watcher it is an error that says so")
  func attach() async throws {
    let scratch = try ScratchFolder()
    for options in [
      ["--rules", "a"], ["--allow-write"], ["--attach", "s", "--simulate"], ["--attach", "s", "rules"],
    ] {
      let result = try await Self.run("1", options: options)
      #expect(result.status == 64, "\(options)")
      #expect(result.errors.contains("--attach"), "\(options)")
    }
    for folder in [scratch.path("nothing"), try StateDirectory.make(scratch.path("state")).path] {
      let result = try await Self.run("1", options: ["--attach", folder])
      #expect(result.status == 69)
      #expect(result.text == "")
      #expect(result.errors.contains("no watcher runs on \(folder)"))
    }
  }

  @Test(".load runs a file, .help explains, .rules lists")
  func commands() async throws {
    let scratch = try ScratchFolder()
    let file = try scratch.write("a.lua", "function twice(x) return 2 * x end\nbox.on('upload', print)\n")
    let result = try await Self.pipe(".load \(file)\ntwice(4)\n.rules\n.help box.once\n")
    #expect(result.status == 0)
    #expect(result.lines[0] == "8")
    #expect(result.lines[1] == "handler  repl/upload#1")
    #expect(result.lines[2] == "box.once(key, period)")
  }

  @Test("a command that fails ends it with 1", arguments: [".nosuch", ".help nosuch", ".load /nonexistent.lua"])
  func failingCommands(_ command: String) async throws {
    let result = try await Self.pipe("\(command)\nprint(1)\n")
    #expect(result.status == 1)
    #expect(result.text == "")
    #expect(result.errors.hasPrefix("boxwatch: error: "))
  }

  @Test("an id that is registered again takes the place of the former")
  func registeringAgain() async throws {
    let result = try await Self.pipe(
      """
      box.rule { id = "a", on = "upload" }
      box.rule { id = "a", on = "download" }
      .rules

      """)
    #expect(result.status == 0)
    #expect(result.lines == ["rule  repl/a"])
  }

  @Test("text goes into a pipe byte by byte as it is")
  func bytes() async throws {
    let result = try await Self.run("'a\\27[31m\\xFF\\r'")
    #expect(result.output == Data([0x61, 0x1B, 0x5B, 0x33, 0x31, 0x6D, 0xFF, 0x0D, 0x0A]))
  }
}
