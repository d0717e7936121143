import Foundation
import Testing

extension Command {
  /// Runs the command with something on its standard input.
  static func run(_ arguments: [String], input: String) async throws -> Result {
    let scratch = try ScratchFolder()
    let file = try scratch.write("input", input)
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.environment = ["PATH": "/usr/bin:/bin"]
    process.standardInput = FileHandle(forReadingAtPath: file)
    let (output, errors) = (try scratch.write("output", ""), try scratch.write("errors", ""))
    process.standardOutput = FileHandle(forWritingAtPath: output)
    process.standardError = FileHandle(forWritingAtPath: errors)
    await withCheckedContinuation { (ended: CheckedContinuation<Void, Never>) in
      process.terminationHandler = { _ in ended.resume() }
      do {
        try process.run()
      } catch {
        Issue.record(error)
        ended.resume()
      }
    }
    return Result(
      status: process.terminationStatus, output: try Data(contentsOf: URL(fileURLWithPath: output)),
      errors: try scratch.read("errors"))
  }
}
