import Foundation
import Testing

@testable import boxwatch

@Suite("A log that nobody reads", .timeLimit(.minutes(1)))
struct LogWriterTests {
  private let pipe = Pipe()
  private var writer: LogWriter { LogWriter(descriptor: pipe.fileHandleForWriting.fileDescriptor) }

  private static func line(_ number: Int) -> String { "\(number) \(String(repeating: "x", count: 990))\n" }

  /// Writes so many lines, from `first` on.
  private func write(_ count: Int, from first: Int = 0, to writer: LogWriter) {
    for number in first..<first + count { writer.write(Self.line(number)) { "left out: \($0)\n" } }
  }

  @Test("nothing waits for it; what is kept comes in order, and then how much is missing")
  func stalled() async throws {
    let writer = writer
    // Far more than a pipe and the writer hold. Were it waited for, this would not return.
    write(5000, to: writer)
    let reader = pipe.fileHandleForReading
    var text = ""
    while !text.contains("left out: ") { text += String(decoding: reader.availableData, as: UTF8.self) }
    let lines = text.split(separator: "\n").map(String.init)
    let kept = lines.dropLast()
    #expect(kept.count > 1000 && kept.count < 5000)
    #expect(kept.enumerated().allSatisfy { "\($1)\n" == Self.line($0) })
    #expect(lines.last == "left out: \(5000 - kept.count)")
    // It goes on.
    write(3, from: 7000, to: writer)
    writer.flush()
    #expect(String(decoding: reader.availableData, as: UTF8.self) == (7000..<7003).map(Self.line).joined())
  }

  @Test("what fits is there when the call returns")
  func prompt() throws {
    write(5, to: writer)
    #expect(
      String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self) == (0..<5).map(Self.line).joined())
  }

  @Test("a reader that has gone costs nothing")
  func gone() throws {
    signal(SIGPIPE, SIG_IGN)
    let writer = writer
    try pipe.fileHandleForReading.close()
    write(5000, to: writer)
    writer.flush()
  }
}
