import Foundation

/// Runs the built command as a process of its own.
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
    _ arguments: [String], environment: [String: String] = [:], output: String? = nil
  ) async throws -> Result {
    try await start(arguments, environment: environment, output: output).finish()
  }

  /// - Parameter input: what the command reads; nothing without it.
  static func start(
    _ arguments: [String], environment: [String: String] = [:], output: String? = nil, input: FileHandle? = nil,
    directory: String? = nil
  ) throws -> Running {
    let process = Process()
    if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
    process.executableURL = executable
    process.arguments = arguments
    process.environment = environment.merging(["PATH": "/usr/bin:/bin"]) { $1 }
    return try Running(process, output: output, input: input)
  }

  /// A command that has been started.
  final class Running: Sendable {
    private let process: Process
    private let output = Pipe()
    private let errors = Pipe()
    private let collectedOutput: Task<Data, Never>
    private let collectedErrors: Task<Data, Never>

    fileprivate init(_ process: Process, output file: String?, input: FileHandle?) throws {
      process.standardInput = input ?? FileHandle.nullDevice
      process.standardOutput = file.flatMap(FileHandle.init(forWritingAtPath:)) ?? output
      process.standardError = errors
      try process.run()
      self.process = process
      if file != nil { try output.fileHandleForWriting.close() }
      collectedOutput = Self.collect(output.fileHandleForReading)
      collectedErrors = Self.collect(errors.fileHandleForReading)
    }

    private static func collect(_ handle: FileHandle) -> Task<Data, Never> {
      Task {
        await withCheckedContinuation { continuation in
          Thread.detachNewThread { continuation.resume(returning: handle.readDataToEndOfFile()) }
        }
      }
    }

    var processIdentifier: Int32 { process.processIdentifier }
    var isRunning: Bool { process.isRunning }

    func interrupt() { signal(SIGINT) }
    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    func finish() async -> Result {
      let output = await collectedOutput.value
      let errors = await collectedErrors.value
      await withCheckedContinuation { continuation in
        Thread.detachNewThread {
          self.process.waitUntilExit()
          continuation.resume()
        }
      }
      return Result(
        status: process.terminationStatus, output: output, errors: String(decoding: errors, as: UTF8.self))
    }
  }
}
