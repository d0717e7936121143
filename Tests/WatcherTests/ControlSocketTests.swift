import Foundation
import Ledger
import Logging
import Testing

@testable import Watcher

@Suite("The control socket", .timeLimit(.minutes(1)))
struct ControlSocketTests {
  /// Runs `body` beside a socket that answers with what it was asked.
  private static func serving(
    in path: String? = nil, patience: Duration = .seconds(30),
    _ body: (StateDirectory) async throws -> Void
  ) async throws {
    let directory = try StateDirectory.make(path ?? scratchPath())
    defer { try? FileManager.default.removeItem(atPath: directory.path) }
    let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    let socket = ControlSocket(directory, logger: silent, patience: patience) {
      .error("\($0.command.rawValue) \($0.ids ?? [])")
    }
    let task = Task { await socket.run() }
    while try await ControlClient(directory).ask(ControlRequest(.status)) == nil {
      try await Task.sleep(for: .milliseconds(5))
    }
    try await body(directory)
    task.cancel()
    await task.value
    #expect(!FileManager.default.fileExists(atPath: directory.file("watcher.sock")))
  }

  private static func scratchPath() -> String {
    FileManager.default.temporaryDirectory.appendingPathComponent("boxwatch-\(UUID().uuidString)").path
  }

  private static func connection(_ directory: StateDirectory) throws -> LineConnection {
    LineConnection(try descriptor(directory))
  }

  private static func descriptor(_ directory: StateDirectory) throws -> CInt {
    let connected = try UnixSocket.open(connectedTo: directory.file("watcher.sock"))
    return try #require(connected.descriptor)
  }

  @Test("a request is answered, and the next on the same connection")
  func answers() async throws {
    try await Self.serving { directory in
      let client = ControlClient(directory)
      #expect(try await client.ask(ControlRequest(.retry, ids: [7, 8])) == .error("retry [7, 8]"))
      let connection = try Self.connection(directory)
      for command in ["status", "drop"] {
        try await connection.write(Array(#"{"command":"\#(command)"}"#.utf8), within: .seconds(30))
        let line = try #require(try await connection.line(longest: 1000, within: .seconds(30)))
        #expect(String(decoding: line, as: UTF8.self) == #"{"error":"\#(command) []"}"#)
      }
    }
  }

  @Test("only the owner can connect: the file has mode 0600")
  func mode() async throws {
    try await Self.serving { directory in
      let attributes = try FileManager.default.attributesOfItem(atPath: directory.file("watcher.sock"))
      #expect(attributes[.posixPermissions] as? Int == 0o600)
    }
  }

  @Test("a socket that a crash left behind is nobody's, and gives way")
  func stale() async throws {
    let path = Self.scratchPath()
    let directory = try StateDirectory.make(path)
    close(try UnixSocket.open(listeningAt: directory.file("watcher.sock")))
    let answer = try await ControlClient(directory).ask(ControlRequest(.status))
    #expect(answer == nil)
    try await Self.serving(in: path) { directory in
      let answer = try await ControlClient(directory).ask(ControlRequest(.drop))
      #expect(answer == .error("drop []"))
    }
  }

  @Test("a file that is no socket stays")
  func foreignFile() throws {
    let directory = try StateDirectory.make(Self.scratchPath())
    defer { try? FileManager.default.removeItem(atPath: directory.path) }
    try "mine".write(toFile: directory.file("watcher.sock"), atomically: false, encoding: .utf8)
    #expect(throws: UnixSocket.Failure.self) { try UnixSocket.open(listeningAt: directory.file("watcher.sock")) }
    #expect(try String(contentsOfFile: directory.file("watcher.sock"), encoding: .utf8) == "mine")
  }

  @Test("a path longer than an address goes too")
  func longPath() async throws {
    let top = Self.scratchPath()
    defer { try? FileManager.default.removeItem(atPath: top) }
    let path = top + "/" + String(repeating: "a", count: 200)
    try await Self.serving(in: path) { directory in
      let answer = try await ControlClient(directory).ask(ControlRequest(.status))
      #expect(answer == .error("status []"))
    }
  }

  @Test("who says nothing is dropped, however many there are, and others are answered")
  func silentClients() async throws {
    try await Self.serving(patience: .milliseconds(200)) { directory in
      let silent = try (0..<12).map { _ in try Self.connection(directory) }
      #expect(try await ControlClient(directory).ask(ControlRequest(.status)) == .error("status []"))
      for connection in silent {
        let line = try await connection.line(longest: 10, within: .seconds(30))
        #expect(line == nil)
      }
    }
  }

  @Test("half a line does not buy time")
  func slowClient() async throws {
    try await Self.serving(patience: .milliseconds(200)) { directory in
      let descriptor = try Self.descriptor(directory)
      let connection = LineConnection(descriptor)
      // A byte now and then, until the socket has had enough of it.
      while send(descriptor, "x", 1, CInt(MSG_NOSIGNAL)) == 1 { try await Task.sleep(for: .milliseconds(20)) }
      #expect(connection.peer == geteuid())
    }
  }

  @Test("a request that is too long ends the connection")
  func tooLong() async throws {
    try await Self.serving { directory in
      let connection = try Self.connection(directory)
      let long = Array(repeating: UInt8(ascii: " "), count: 1 << 20)
      await #expect(throws: LineConnection.Failure.self) {
        try await connection.write(long, within: .seconds(30))
        // All of it may have found room on the way before the other side was gone.
        guard try await connection.line(longest: 10, within: .seconds(30)) == nil else { return }
        throw LineConnection.Failure.cut
      }
    }
  }

  @Test(
    "what is no request gets an answer that says what one is",
    arguments: ["", "hello", "{}", #"{"command":"explode"}"#, #"{"command":"retry","ids":"all"}"#, "\u{0}"])
  func noRequest(line: String) async throws {
    try await Self.serving { directory in
      let connection = try Self.connection(directory)
      try await connection.write(Array(line.utf8), within: .seconds(30))
      let answer = try #require(try await connection.line(longest: 1000, within: .seconds(30)))
      guard case .error(let reason) = try ControlCoding.decode(ControlAnswer.self, from: answer) else {
        Issue.record("no error")
        return
      }
      #expect(reason.contains(#"{"command":"status"}"#))
    }
  }

  @Test("a watcher that is silent is told from one that is not there")
  func silentWatcher() async throws {
    let directory = try StateDirectory.make(Self.scratchPath())
    defer { try? FileManager.default.removeItem(atPath: directory.path) }
    let client = ControlClient(directory, patience: .milliseconds(100))
    #expect(try await client.ask(ControlRequest(.status)) == nil)
    let listener = try UnixSocket.open(listeningAt: directory.file("watcher.sock"))
    await #expect(throws: ControlError.self) { try await client.ask(ControlRequest(.status)) }
    close(listener)
  }

  @Test("a wait ends when its task is cancelled, before it begins too")
  func cancelledWait() async throws {
    try await Self.serving { directory in
      let connection = try Self.connection(directory)
      let descriptor = try Self.descriptor(directory)
      let waits = (0..<20).map { _ in Task { await Readiness.wait(descriptor, for: .reading, until: nil) } }
      for wait in waits { wait.cancel() }
      for wait in waits { await wait.value }
      close(descriptor)
      #expect(connection.peer != nil)
    }
  }
}
