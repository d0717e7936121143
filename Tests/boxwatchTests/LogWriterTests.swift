import Foundation
import Testing

@testable import boxwatch

@Suite("A log that nobody reads", .timeLimit(.minutes(1)))
struct LogWriterTests {
  private static func line(_ number: Int) -> String { "\(number) \(String(repeating: "x", count: 990))\n" }

  /// Writes so many lines, from `first` on.
  private static func write(_ count: Int, from first: Int = 0, to writer: LogWriter) {
    for number in first..<first + count { writer.write(line(number)) { "left out: \($0)\n" } }
  }

  /// A pipe that no child process gets.
  private static func pipe() -> Pipe {
    let pipe = Pipe()
    for end in [pipe.fileHandleForReading, pipe.fileHandleForWriting] {
      _ = fcntl(end.fileDescriptor, F_SETFD, FD_CLOEXEC)
    }
    return pipe
  }

  /// What comes until a whole line begins so.
  private static func read(_ reader: FileHandle, until beginning: String) -> [String] {
    var data = Data()
    let mark = Data(beginning.utf8)
    while data.last != UInt8(ascii: "\n") || data.suffix(2048).range(of: mark) == nil { data += reader.availableData }
    return String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
  }

  @Test("nothing waits for it; what is kept comes in order, and then how much is missing")
  func stalled() {
    let pipe = Self.pipe()
    let writer = LogWriter(descriptor: pipe.fileHandleForWriting.fileDescriptor)
    // Far more than a pipe and the writer hold. Were it waited for, this would not return.
    Self.write(5000, to: writer)
    let lines = Self.read(pipe.fileHandleForReading, until: "left out: ")
    let kept = lines.dropLast()
    #expect(kept.count > 1000 && kept.count < 5000)
    #expect(kept.enumerated().allSatisfy { "\($1)\n" == Self.line($0) })
    #expect(lines.last == "left out: \(5000 - kept.count)")
    // It goes on.
    writer.flush()
    Self.write(3, from: 7000, to: writer)
    #expect(Self.read(pipe.fileHandleForReading, until: "\n7002 ").count == 3)
  }

  @Test("a terminal whose other side hangs holds nothing up either")
  func terminal() throws {
    var (controller, device): (CInt, CInt) = (-1, -1)
    try #require(openpty(&controller, &device, nil, nil, nil) == 0)
    for end in [controller, device] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let writer = LogWriter(descriptor: device)
    Self.write(5000, to: writer)
    writer.flush()
    let reader = FileHandle(fileDescriptor: controller, closeOnDealloc: true)
    #expect(Self.read(reader, until: "left out: ").count > 1000)
    close(device)
  }

  @Test("what fits is there when the call returns; a line of more than is kept is written as it is taken")
  func prompt() {
    let pipe = Self.pipe()
    let writer = LogWriter(descriptor: pipe.fileHandleForWriting.fileDescriptor)
    Self.write(5, to: writer)
    #expect(
      String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self) == (0..<5).map(Self.line).joined())
    let long = String(repeating: "y", count: 3 << 20)
    writer.write(long + "\n") { "left out: \($0)\n" }
    Self.write(1, to: writer)
    let lines = Self.read(pipe.fileHandleForReading, until: "left out: ")
    #expect(lines == [long, "left out: 1"])
  }

  @Test("a reader that has gone costs nothing")
  func gone() throws {
    signal(SIGPIPE, SIG_IGN)
    let pipe = Self.pipe()
    let writer = LogWriter(descriptor: pipe.fileHandleForWriting.fileDescriptor)
    try pipe.fileHandleForReading.close()
    Self.write(5000, to: writer)
    writer.flush()
  }
}
