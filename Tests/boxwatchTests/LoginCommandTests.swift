import BoxSimulator
import Foundation
import Testing

@Suite("boxwatch login", .timeLimit(.minutes(2)))
struct LoginCommandTests {
  private let secret = "s3cret-of-app"

  private func simulator() throws -> BoxSimulator {
    var configuration = BoxSimulator.Configuration()
    configuration.backlog = 5
    configuration.token = "only issued ones"
    configuration.app.clientID = "client-1"
    configuration.app.clientSecret = secret
    return try BoxSimulator(configuration)
  }

  /// A port that nobody listens at, below those that the system gives to connections: no other test takes it meanwhile.
  private func freePort() async throws -> Int {
    for _ in 0..<100 {
      var configuration = BoxSimulator.Configuration()
      configuration.port = Int.random(in: 20_000..<30_000)
      let port = configuration.port
      if (try? await BoxSimulator(configuration).withRunning({ _ in port })) != nil { return port }
    }
    throw Unavailable()
  }

  private struct Unavailable: Error {}

  private func arguments(_ address: String, _ scratch: ScratchFolder, port: Int, _ more: String...) -> [String] {
    [
      "login", "--client-id", "client-1", "--api-url", address, "--authorize-url", address + "/api/oauth2/authorize",
      "--redirect-uri", "http://127.0.0.1:\(port)/callback", "--state", scratch.path("state"),
    ] + more
  }

  /// The URL that the command prints, once it has.
  private func url(_ scratch: ScratchFolder, of command: Command.Running) async throws -> String {
    while true {
      let hasEnded = !command.isRunning
      let text = try scratch.read("output")
      if let end = text.firstIndex(of: "\n") { return String(text[..<end]) }
      if hasEnded {
        let result = await command.finish()
        Issue.record("login ended with \(result.status) before it named a page: \(result.errors)")
        throw Unavailable()
      }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  /// Every secret of the state directory's file.
  private func secrets(_ scratch: ScratchFolder) throws -> [String] {
    let stored = try JSONSerialization.jsonObject(with: Data(try scratch.read("state/credentials.json").utf8))
    let accounts = try #require((stored as? [String: Any])?["accounts"] as? [String: [String: Any]])
    return accounts.values.flatMap { account in
      ["access_token", "refresh_token", "previous_refresh_token", "client_secret"].compactMap { account[$0] as? String }
    }
  }

  @Test("a browser that comes back signs in, and what is stored serves the other commands")
  func listening() async throws {
    let scratch = try ScratchFolder()
    let output = try scratch.write("output", "")
    let port = try await freePort()
    let simulator = try simulator()
    try await simulator.withRunning { address in
      let command = try Command.start(
        arguments(address, scratch, port: port), environment: ["BOX_CLIENT_SECRET": secret], output: output)
      #expect(try await Browser.open(try await url(scratch, of: command)) == 200)
      let login = await command.finish()
      #expect(login.status == 0, "\(login.errors)")
      #expect(login.errors.contains("Signed in as ada.lindgren@example.com for the account default"))
      #expect(try secrets(scratch).count == 3)
      let path = scratch.path("state/credentials.json")
      #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)

      let state = ["--state", scratch.path("state")]
      for more in [[], ["--api-url", address], ["--account", "default"]] {
        let events = try await Command.run(["events", "--limit", "2"] + state + more)
        #expect(events.status == 0, "\(events.errors)")
        #expect(events.lines.count == 2)
      }
      // The access token still lives: nothing was renewed.
      #expect(simulator.statistics.tokensIssued == 1)
      let doctor = try await Command.run(["doctor"] + state)
      #expect(doctor.status == 0, "\(doctor.text)")

      let app = ["BOX_CLIENT_ID": "client-1", "BOX_CLIENT_SECRET": secret]
      let withApp = try await Command.run(["events", "--limit", "1"] + state, environment: app)
      #expect(withApp.status == 0, "\(withApp.errors)")
      // Credentials that are whole go before a sign-in.
      let other = try await Command.run(
        ["events", "--api-url", address] + state,
        environment: app.merging(["BOX_CLIENT_SECRET": "wrong-s3cret", "BOX_USER_ID": "1"]) { $1 })
      #expect(other.status == 77)

      let elsewhere = try await Command.run(["events", "--api-url", "http://127.0.0.1:1"] + state)
      #expect(elsewhere.status == 78)
      #expect(elsewhere.errors.contains("is signed in at \(address), and http://127.0.0.1:1 is to be called"))
    }
  }

  @Test(
    "an answer of another sign-in, a no, and an answer without a good code end it with 77 and store nothing",
    arguments: [
      ("state=", "state=0", "it belongs to another sign-in"),
      ("code=", "error=access_denied&x=", "access_denied"), ("code=", "kode=", "holds no authorization code"),
      ("code=", "code=made-up", "POST /oauth2/token"),
    ])
  func refusals(old: String, new: String, reason: String) async throws {
    let scratch = try ScratchFolder()
    let output = try scratch.write("output", "")
    let port = try await freePort()
    try await simulator().withRunning { address in
      let command = try Command.start(
        arguments(address, scratch, port: port), environment: ["BOX_CLIENT_SECRET": secret], output: output)
      _ = try await Browser.open(try await url(scratch, of: command)) { $0.replacingOccurrences(of: old, with: new) }
      let login = await command.finish()
      #expect(login.status == 77, "\(login.errors)")
      #expect(login.errors.contains(reason), "\(login.errors)")
      #expect(!FileManager.default.fileExists(atPath: scratch.path("state/credentials.json")))
    }
  }

  @Test("a request that is no answer gets an error page and a warning, and the answer is still waited for")
  func stray() async throws {
    let scratch = try ScratchFolder()
    let output = try scratch.write("output", "")
    let port = try await freePort()
    try await simulator().withRunning { address in
      let command = try Command.start(
        arguments(address, scratch, port: port), environment: ["BOX_CLIENT_SECRET": secret], output: output)
      let page = try await url(scratch, of: command)
      let strays = ["state=": "no=", "?": "?state=&error=access_denied&x="]
      for (old, new) in strays {
        let status = try await Browser.open(page) { $0.replacingOccurrences(of: old, with: new) }
        #expect(status == 400)
        #expect(command.isRunning)
      }
      #expect(try await Browser.open(page) == 200)
      let login = await command.finish()
      #expect(login.status == 0, "\(login.errors)")
      let warnings = login.errors.split(separator: "\n").filter { $0.hasPrefix("boxwatch: warning: a request came") }
      #expect(warnings.count == strays.count)
      #expect(try secrets(scratch).count == 3)
    }
  }

  @Test("a pasted URL of another sign-in is asked for again, until the input ends")
  func pastedAgain() async throws {
    let scratch = try ScratchFolder()
    let output = try scratch.write("output", "")
    for isRightAtLast in [false, true] {
      try scratch.write("output", "")
      try await simulator().withRunning { address in
        let input = Pipe()
        let command = try Command.start(
          arguments(address, scratch, port: 1, "--no-browser"), environment: ["BOX_CLIENT_SECRET": secret],
          output: output, input: input.fileHandleForReading)
        let location = try #require(try await Browser.location(try await url(scratch, of: command)))
        let wrong = location.replacingOccurrences(of: "state=", with: "state=0")
        input.fileHandleForWriting.write(Data("\(wrong)\nc0de-alone\n".utf8))
        if isRightAtLast { input.fileHandleForWriting.write(Data("\(location)\n".utf8)) }
        try input.fileHandleForWriting.close()
        let login = await command.finish()
        #expect(login.status == (isRightAtLast ? 0 : 77), "\(login.errors)")
        #expect(login.errors.contains("Paste all of the address"))
        #expect(login.errors.contains("it belongs to another sign-in") == !isRightAtLast)
        #expect(FileManager.default.fileExists(atPath: scratch.path("state/credentials.json")) == isRightAtLast)
      }
    }
  }

  @Test("a client id that is not the account's is refused before anything is opened")
  func otherClient() async throws {
    let scratch = try ScratchFolder()
    let file = try scratch.write(
      "boxwatch.yaml", "accounts: { acme: { auth: oauth2, client_id: client-1 } }\nstate: state\n")
    for (options, environment, source) in [
      (["--client-id", "client-2"], ["BOX_CLIENT_ID": "client-1"], "--client-id"),
      ([], ["BOX_CLIENT_ID": "client-2"], "BOX_CLIENT_ID"),
    ] {
      let login = try await Command.run(
        ["login", "--config", file] + options, environment: environment.merging(["BOX_CLIENT_SECRET": secret]) { $1 })
      #expect(login.status == 78)
      #expect(login.text.isEmpty)
      #expect(
        login.errors.contains("account acme has client_id client-1, and \(source) is client-2"), "\(login.errors)")
      #expect(login.errors.contains("Leave \(source) out, or write client_id: client-2 for the account"))
      #expect(!FileManager.default.fileExists(atPath: scratch.path("state")))
    }
  }

  @Test("--no-browser takes the pasted URL, and the secret from standard input")
  func pasted() async throws {
    let scratch = try ScratchFolder()
    let output = try scratch.write("output", "")
    try await simulator().withRunning { address in
      let input = Pipe()
      let command = try Command.start(
        arguments(address, scratch, port: 1, "--no-browser", "--account", "acme"), output: output,
        input: input.fileHandleForReading)
      input.fileHandleForWriting.write(Data((secret + "\n").utf8))
      let location = try #require(try await Browser.location(try await url(scratch, of: command)))
      input.fileHandleForWriting.write(Data("  \(location) \r\n".utf8))
      let login = await command.finish()
      #expect(login.status == 0, "\(login.errors)")
      #expect(login.errors.contains("for the account acme"))
      let events = try await Command.run(
        ["events", "--limit", "1", "--account", "acme", "--state", scratch.path("state")])
      #expect(events.status == 0, "\(events.errors)")
      let other = try await Command.run(["events", "--account", "other", "--state", scratch.path("state")])
      #expect(other.status == 78)
      #expect(other.errors.contains("there is no account \"other\""))
    }
  }

  @Test("an account of the configuration is signed in with its own app, and used with no other")
  func configured() async throws {
    let scratch = try ScratchFolder()
    let output = try scratch.write("output", "")
    let port = try await freePort()
    try await simulator().withRunning { address in
      func yaml(_ more: String) throws -> String {
        try scratch.write(
          "boxwatch.yaml",
          "accounts: { acme: { auth: oauth2\(more) }, token: { token: t0ken-of-a-developer } }\nstate: state\n")
      }
      let file = try yaml(", client_id: client-1, client_secret: \(secret), api_url: \"\(address)\"")
      let command = try Command.start(
        [
          "login", "--config", file, "--account", "acme", "--authorize-url", address + "/api/oauth2/authorize",
          "--redirect-uri", "http://127.0.0.1:\(port)/",
        ], output: output)
      _ = try await Browser.open(try await url(scratch, of: command))
      let login = await command.finish()
      #expect(login.status == 0, "\(login.errors)")
      let events = ["events", "--limit", "1", "--config", file, "--account", "acme"]
      #expect(try await Command.run(events).status == 0)
      // Without an address the account is called where it is signed in.
      _ = try yaml("")
      #expect(try await Command.run(events).status == 0)
      _ = try yaml(", client_id: client-2")
      let another = try await Command.run(events)
      #expect(another.status == 78)
      #expect(another.errors.contains("with the app client-1, not with client-2"))
      let wrongKind = try await Command.run(["login", "--config", file, "--account", "token", "--client-id", "c"])
      #expect(wrongKind.status == 78)
      #expect(wrongKind.errors.contains("account token has other credentials"))
    }
  }

  @Test("a terminal does not show the secret that is typed, and shows what comes after")
  func prompt() async throws {
    let scratch = try ScratchFolder()
    let output = try scratch.write("output", "")
    let port = try await freePort()
    var (master, slave) = (CInt(-1), CInt(-1))
    try #require(openpty(&master, &slave, nil, nil, nil) == 0)
    let (screen, keyboard) = (FileHandle(fileDescriptor: master), FileHandle(fileDescriptor: slave))
    func echoes() -> Bool {
      var settings = termios()
      tcgetattr(master, &settings)
      return settings.c_lflag & tcflag_t(ECHO) != 0
    }
    try await simulator().withRunning { address in
      let command = try Command.start(arguments(address, scratch, port: port), output: output, input: keyboard)
      // What is typed before would be shown by the terminal itself.
      while echoes(), command.isRunning { try await Task.sleep(for: .milliseconds(5)) }
      screen.write(Data("s3crex\u{7F}t-of-app\n".utf8))
      _ = try await Browser.open(try await url(scratch, of: command))
      let login = await command.finish()
      #expect(login.status == 0, "\(login.errors)")
      #expect(login.errors.contains("Client secret (it is not shown): "))
      #expect(echoes())
      screen.write(Data("seen\n".utf8))
      let shown = String(decoding: screen.availableData, as: UTF8.self)
      #expect(shown.contains("seen"))
      #expect(!shown.contains("t-of-app"))
    }
    try screen.close()
    try keyboard.close()
  }

  @Test("a wrong secret is told as that")
  func wrongSecret() async throws {
    let scratch = try ScratchFolder()
    let output = try scratch.write("output", "")
    let port = try await freePort()
    try await simulator().withRunning { address in
      let command = try Command.start(
        arguments(address, scratch, port: port), environment: ["BOX_CLIENT_SECRET": "gu3ssed-secret"], output: output)
      _ = try await Browser.open(try await url(scratch, of: command))
      let login = await command.finish()
      #expect(login.status == 77)
      #expect(login.errors.contains("OAuth 2.0 Credentials"))
    }
  }

  @Test("a port that is taken exits 73, and no secret at all 78")
  func cannotBegin() async throws {
    let scratch = try ScratchFolder()
    try await simulator().withRunning { address in
      let port = try #require(Int(address.split(separator: ":").last ?? ""))
      let taken = try await Command.run(
        arguments(address, scratch, port: port), environment: ["BOX_CLIENT_SECRET": secret])
      #expect(taken.status == 73)
      #expect(taken.errors.contains("port \(port) is in use"))
      let none = try await Command.run(arguments(address, scratch, port: 1))
      #expect(none.status == 78)
      #expect(none.errors.contains("BOX_CLIENT_SECRET"))
    }
  }
}
