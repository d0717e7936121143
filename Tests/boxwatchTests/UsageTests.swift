import BoxSimulator
import Foundation
import Testing

@Suite("Wrong use and refusals", .timeLimit(.minutes(1)))
struct UsageTests {
  @Test(
    "wrong usage exits 64 with what is wrong and what to do",
    arguments: [
      (["events", "--created-after", "-1h"], "--created-after needs --stream-type admin_logs"),
      (["events", "--format", "xml"], "'xml' is invalid for '--format"),
      (["events", "--page-size", "501"], "--page-size takes 1 to 500"),
      (["events", "--limit", "-1"], "--limit takes 0 (all) or more"),
      (["events", "--fields", "a,,b"], "--fields: \"\" is no field"),
      (["events", "--simulate", "--api-url", "http://127.0.0.1:1"], "exclude each other"),
      (["events", "--api-url", "ftp://box"], "--api-url takes an http or https address"),
      (["events", "--as-user", "1\n2"], "--as-user takes a user's id"),
      (
        ["events", "--follow", "--stream-type", "admin_logs", "--created-before", "2026-01-01T00:00:00Z"],
        "cannot be followed"
      ),
      (["events", "--poll-interval", "5s"], "--poll-interval is for enterprise streams with --follow"),
      (["events", "--simulate", "--account", "acme"], "--simulate and --account exclude each other"),
      (["doctor", "--simulate", "--api-url", "http://127.0.0.1:1"], "exclude each other"),
      (["doctor", "--format", "xml"], "Unknown option '--format'"),
      (["login"], "or set BOX_CLIENT_ID\nUsage: boxwatch login ["),
      (["run", "--simulate", "--timeout", "1s"], "--timeout goes with --once"),
      (["login", "--client-id", "c", "--redirect-uri", "https://127.0.0.1:1/cb"], "must be on this machine"),
      (["login", "--client-id", "c", "--redirect-uri", "nonsense"], "--redirect-uri takes an http or https URL"),
      (["login", "--client-id", "c", "--api-url", "ftp://x"], "--api-url takes an http or https URL"),
      (["login", "--client-id", "c", "--account", "../x"], "--account takes a name of letters"),
      (["login", "--client-id", "c", "--client-secret", "s"], "Unknown option '--client-secret'"),
      (["init", "a", "b"], "Unexpected argument 'b'"),
      (["events", "--bogus"], "Unknown option '--bogus'"),
      (["simulate", "--fault", "gremlins"], "is no fault; the faults are reconnect, "),
      (["simulate", "--fault", "500=2"], "it takes 0 to 1, as in 500=0.05"),
      (["events", "--format", "a\u{1B}[31mb"], "a\\u{1B}[31mb"),
      (["simulate", "--port", "70000"], "--port takes 0 to 65535"),
    ])
  func wrongUsage(arguments: [String], complaint: String) async throws {
    let result = try await Command.run(arguments)
    #expect(result.status == 64)
    #expect(result.text.isEmpty)
    #expect(result.errors.hasPrefix("boxwatch: error: "))
    #expect(result.errors.contains(complaint), "\(result.errors)")
  }

  @Test(
    "an unknown command is named, with the nearest one and where all are listed",
    arguments: [
      (["evnts", "--simulate"], "boxwatch has no command 'evnts'; did you mean 'events'?\n"),
      (["--no-color", "Replay"], "boxwatch has no command 'Replay'; did you mean 'replay'?\n"),
      (["help", "chek"], "boxwatch has no command 'chek'; did you mean 'check'?\n"),
      (["frobnicate"], "boxwatch has no command 'frobnicate'\n"),
      ([""], "boxwatch has no command ''\n"),
    ])
  func unknownCommand(arguments: [String], complaint: String) async throws {
    let result = try await Command.run(arguments)
    #expect(result.status == 64)
    #expect(result.text.isEmpty)
    #expect(result.errors == "boxwatch: error: \(complaint)  boxwatch help lists all commands.\n")
  }

  @Test(
    "so is one of a command's own; ids go to its usual one",
    arguments: [
      (["parked", "lst"], "'lst'; did you mean 'list'?"), (["help", "parked", "dorp"], "'dorp'; did you mean 'drop'?"),
      (["parked", "help"], "'help'"),
    ])
  func unknownInnerCommand(arguments: [String], complaint: String) async throws {
    let result = try await Command.run(arguments)
    #expect(result.status == 64)
    #expect(
      result.errors
        == "boxwatch: error: boxwatch parked has no command \(complaint)\n  boxwatch help parked lists all commands.\n")
    let scratch = try ScratchFolder()
    let ids = try await Command.start(["parked", "12", "13"], directory: scratch.path("")).finish()
    #expect(ids.errors.contains("not parked: 12, 13"), "\(ids.errors)")
  }

  @Test(
    "missing credentials exit 78 and name the variables",
    arguments: [
      ([:], "BOX_DEVELOPER_TOKEN"),
      (["BOX_CLIENT_ID": "id"], "BOX_CLIENT_SECRET is not"),
      (["BOX_CLIENT_ID": "id", "BOX_CLIENT_SECRET": "hush-hush"], "neither BOX_ENTERPRISE_ID nor BOX_USER_ID"),
      (
        ["BOX_CLIENT_ID": "id", "BOX_CLIENT_SECRET": "hush-hush", "BOX_ENTERPRISE_ID": "1", "BOX_USER_ID": "2"],
        "are both set"
      ),
      (["BOX_DEVELOPER_TOKEN": "t0ken\u{7}of-a-developer"], "holds characters that no token has"),
    ] as [([String: String], String)])
  func missingCredentials(environment: [String: String], complaint: String) async throws {
    let result = try await Command.run(["events"], environment: environment)
    #expect(result.status == 78)
    #expect(result.errors.contains(complaint), "\(result.errors)")
  }

  @Test("a JWT file that is not there exits 66, one that is no such file 78", arguments: ["events", "doctor"])
  func jwtFile(command: String) async throws {
    let scratch = try ScratchFolder()
    let file = scratch.path("jwt.json")
    let arguments = [command, "--state", scratch.path("state")]
    let missing = try await Command.run(arguments, environment: ["BOX_CONFIG_FILE": file])
    #expect(missing.status == 66)
    #expect((missing.text + missing.errors).contains("\(file): the file does not exist"))
    try scratch.write("jwt.json", "nonsense")
    let wrong = try await Command.run(arguments, environment: ["BOX_CONFIG_FILE": file])
    #expect(wrong.status == 78)
    #expect((wrong.text + wrong.errors).contains("\(file): this is not the JSON file"))
  }

  @Test("a position that Box refuses exits 65 and says which words there are")
  func refusedPosition() async throws {
    let result = try await Command.run(["events", "--simulate", "--stream-position", "yesterday"])
    #expect(result.status == 65)
    #expect(result.errors.contains("Invalid stream position"))
    #expect(result.errors.contains("\"now\", or 0"))
  }

  @Test("a refused token exits 77 with Box's reason")
  func refusedToken() async throws {
    var configuration = BoxSimulator.Configuration()
    configuration.token = "right"
    try await BoxSimulator(configuration).withRunning { address in
      for command in [["events"], ["events", "--follow"]] {
        let result = try await Command.run(
          command + ["--api-url", address], environment: ["BOX_DEVELOPER_TOKEN": "wr0ng-t0ken"])
        #expect(result.status == 77)
        #expect(result.errors.contains("invalid_token"))
      }
    }
  }

  @Test("client credentials get a token; wrong ones exit 77")
  func clientCredentials() async throws {
    var configuration = BoxSimulator.Configuration()
    configuration.token = "only issued ones"
    configuration.clientSecret = "s3cret-of-app"
    try await BoxSimulator(configuration).withRunning { address in
      var environment = ["BOX_CLIENT_ID": "app", "BOX_CLIENT_SECRET": "s3cret-of-app", "BOX_ENTERPRISE_ID": "1"]
      let right = try await Command.run(["events", "--api-url", address, "--limit", "3"], environment: environment)
      #expect(right.status == 0)
      #expect(right.lines.count == 3)
      environment["BOX_CLIENT_SECRET"] = "gu3ssed-secret"
      let wrong = try await Command.run(["events", "--api-url", address], environment: environment)
      #expect(wrong.status == 77)
      #expect(wrong.errors.contains("BOX_CLIENT_SECRET"))
    }
  }

  @Test("a file of events that is missing exits 66, one with a bad line 65 and names the line")
  func eventFiles() async throws {
    let missing = try await Command.run(["simulate", "--port", "0", "--events", "/no/such/file.jsonl"])
    #expect(missing.status == 66)
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("events.jsonl")
    try Data("{\"event_type\":\"X\"}\nnonsense\n".utf8).write(to: file)
    let bad = try await Command.run(["simulate", "--port", "0", "--events", file.path])
    #expect(bad.status == 65)
    #expect(bad.errors.contains("events.jsonl:2"))
  }

  @Test("an address that cannot be listened on exits 73", arguments: ["no-such-host.invalid", "192.0.2.1"])
  func badHost(host: String) async throws {
    let result = try await Command.run(["simulate", "--host", host, "--port", "0"])
    #expect(result.status == 73)
    #expect(result.errors.contains("cannot listen on \(host)"))
  }

  @Test("--no-color is known to every command")
  func noColor() async throws {
    let result = try await Command.run(["events", "--no-color", "--simulate", "--limit", "1"])
    #expect(result.status == 0)
  }

  @Test("a port that is taken exits 73")
  func portInUse() async throws {
    try await BoxSimulator().withRunning { address in
      let port = try #require(address.split(separator: ":").last)
      let result = try await Command.run(["simulate", "--port", String(port)])
      #expect(result.status == 73)
      #expect(result.errors.contains("in use"))
    }
  }

  @Test(
    "help and version are no errors",
    arguments: [
      ["--help"], ["events", "--help"], ["simulate", "-h"], ["--version"], ["login", "--help"], ["doctor", "-h"],
      ["init", "--help"], ["help"], ["help", "events"], ["help", "parked", "drop"],
    ])
  func help(arguments: [String]) async throws {
    let result = try await Command.run(arguments)
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    #expect(!result.text.isEmpty)
  }
}
