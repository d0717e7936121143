import Foundation
import Synchronization
import Testing

/// Runs the built command as a process of its own. Whatever it prints is searched for the secrets that it was given:
/// one that is shown fails the test.
struct Command {
  struct Result {
    let status: Int32
    let output: Data
    let errors: String

    var text: String { String(decoding: output, as: UTF8.self) }
    var lines: [String] { text.split(separator: "\n").map(String.init) }
  }

  /// The binary beside the test bundle.
  static var executable: URL {
    let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    return tests.deletingLastPathComponent().appendingPathComponent("boxwatch")
  }

  /// - Parameters:
  ///   - environment: all variables that the command sees beside `PATH`.
  ///   - output: a file that takes standard output in place of the result.
  static func run(
    _ arguments: [String], environment: [String: String] = [:], output: String? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> Result {
    try await start(arguments, environment: environment, output: output).finish(sourceLocation: sourceLocation)
  }

  /// Runs the command with something on its standard input.
  static func run(
    _ arguments: [String], input: String, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> Result {
    let scratch = try ScratchFolder()
    let file = FileHandle(forReadingAtPath: try scratch.write("input", input))
    return try await start(arguments, input: file).finish(sourceLocation: sourceLocation)
  }

  /// - Parameters:
  ///   - input: what the command reads; nothing without it.
  ///   - terminal: takes the place of all three streams. What it shows are the result's `errors`.
  static func start(
    _ arguments: [String], environment: [String: String] = [:], output: String? = nil, input: FileHandle? = nil,
    terminal: TestTerminal? = nil, directory: String? = nil
  ) throws -> Running {
    let process = Process()
    if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
    process.executableURL = executable
    process.arguments = arguments
    process.environment = environment.merging(["PATH": "/usr/bin:/bin"]) { $1 }
    let secrets = HandedSecrets(arguments: arguments, environment: environment, directory: directory)
    return try Running(process, secrets, output: output, input: input, terminal: terminal)
  }

  /// A command that has been started.
  final class Running: Sendable {
    private let process: Process
    private let secrets: Mutex<HandedSecrets>
    private let file: String?
    private let output: StreamReader
    private let errors: StreamReader

    fileprivate init(
      _ process: Process, _ secrets: HandedSecrets, output file: String?, input: FileHandle?, terminal: TestTerminal?
    ) throws {
      let (output, errors) = (Pipe(), Pipe())
      process.standardInput = terminal?.device ?? input ?? FileHandle.nullDevice
      process.standardOutput = terminal?.device ?? file.flatMap(FileHandle.init(forWritingAtPath:)) ?? output
      process.standardError = terminal?.device ?? errors
      try process.run()
      self.process = process
      self.secrets = Mutex(secrets)
      self.file = file
      // What the process did not take would never end.
      if file != nil || terminal != nil { try output.fileHandleForWriting.close() }
      try terminal?.device.close()
      self.output = StreamReader(output.fileHandleForReading)
      self.errors = StreamReader(terminal?.screen ?? errors.fileHandleForReading)
      if terminal != nil { try errors.fileHandleForWriting.close() }
    }

    var processIdentifier: Int32 { process.processIdentifier }
    var isRunning: Bool { process.isRunning }
    /// What it has printed on standard error, or on its terminal, so far.
    var errorsSoFar: String { String(decoding: errors.bytes, as: UTF8.self) }

    func interrupt() { signal(SIGINT) }
    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    func finish(sourceLocation: SourceLocation = #_sourceLocation) async -> Result {
      await output.end()
      await errors.end()
      await withCheckedContinuation { continuation in
        Thread.detachNewThread {
          self.process.waitUntilExit()
          continuation.resume()
        }
      }
      let result = Result(status: process.terminationStatus, output: output.bytes, errors: errorsSoFar)
      search(result, sourceLocation)
      return result
    }

    private func search(_ result: Result, _ sourceLocation: SourceLocation) {
      let written = file.flatMap { try? String(contentsOfFile: $0, encoding: .utf8) } ?? ""
      secrets.withLock { secrets in
        secrets.look()
        for origin in secrets.tooShort.sorted() {
          Issue.record(
            "\(origin) is too short to be told from other text: give it 8 characters or more",
            sourceLocation: sourceLocation)
        }
        for (stream, text) in [("standard output", result.text + written), ("standard error", result.errors)] {
          for origin in secrets.shown(in: text) {
            Issue.record("\(stream) shows a secret: \(origin)", sourceLocation: sourceLocation)
          }
        }
      }
    }
  }
}
