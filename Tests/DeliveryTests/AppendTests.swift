import Delivery
import Foundation
import Testing

@Suite("Appending")
struct AppendTests {
  @Test("Text goes to the end, and the lengths before and after are told")
  func lengths() throws {
    let scratch = try Scratch()
    let first = try scratch.append("one\n", "sub/log.txt")
    let second = try scratch.append("second\n", "sub/log.txt")
    #expect(first.offset == 0 && first.length == 4)
    #expect(second.offset == 4 && second.length == 11)
    #expect(scratch.text("sub/log.txt") == "one\nsecond\n")
    #expect(try second.mark == scratch.mark("sub/log.txt"))
  }

  @Test("New files have mode 0644, new directories 0755, less the umask")
  func modes() throws {
    let scratch = try Scratch()
    try scratch.append("x", "sub/a")
    let mask = try currentMask()
    #expect(try mode(scratch.inside("sub")) == 0o755 & ~mask)
    #expect(try mode(scratch.inside("sub/a")) == 0o644 & ~mask)
  }

  @Test("A header stands once, at the head of a file that is new or empty")
  func header() throws {
    let scratch = try Scratch()
    let first = try scratch.append("1\n", "new.csv", header: "h\n")
    try scratch.append("2\n", "new.csv", header: "h\n")
    #expect(scratch.text("new.csv") == "h\n1\n2\n")
    #expect(first.offset == 0 && first.length == 4)
    try scratch.put("", "empty.csv")
    try scratch.append("1\n", "empty.csv", header: "h\n")
    #expect(scratch.text("empty.csv") == "h\n1\n")
    try scratch.put("0\n", "theirs.csv")
    try scratch.append("1\n", "theirs.csv", header: "h\n")
    #expect(scratch.text("theirs.csv") == "0\n1\n")
  }

  @Test("Any bytes are written as they are, and none make an empty file")
  func bytes() throws {
    let scratch = try Scratch()
    let bytes = (0...255).map { UInt8($0) }
    try scratch.output.append(bytes, to: OutputPath("all"))
    #expect(try scratch.output.read(OutputPath("all"), limit: 256) == bytes)
    let none = try scratch.append("", "none")
    #expect(none.length == 0 && scratch.text("none") == "")
  }

  @Test("A durable directory does the same")
  func durable() throws {
    let scratch = try Scratch(durable: true)
    let rotation = try FileRotation(limit: 4, keep: 1)
    for number in 1...3 { try scratch.append("\(number)\n", "sub/a", rotation: rotation, header: "h\n") }
    try scratch.write("w", "b")
    #expect(scratch.text("sub/a") == "h\n3\n" && scratch.text("sub/a.1") == "h\n2\n" && scratch.text("b") == "w")
  }

  @Test("A file that another program keeps locked is an error that may pass")
  func locked() throws {
    let scratch = try Scratch()
    try scratch.put("theirs\n", "a")
    let holder = open(scratch.inside("a"), O_RDONLY)
    defer { close(holder) }
    flock(holder, LOCK_EX)
    let error = #expect(throws: OutputError.self) { try scratch.append("x", "a") }
    #expect(
      error?.description
        == #""a": another program holds a lock on it; end that program, or use another output directory"#)
    #expect(error?.code == .busy && error?.passes == true)
    #expect(scratch.text("a") == "theirs\n")
  }

  @Test("Descriptors are closed again, after errors too")
  func descriptors() throws {
    let scratch = try Scratch()
    symlink("x", scratch.inside("link"))
    let before = try openDescriptors(below: scratch.root)
    #expect(before == 1, "the output directory itself")
    for _ in 0..<20 {
      try scratch.append("x", "a/b/c")
      try scratch.write("x", "a/b/d")
      _ = try scratch.read("a/b/c")
      _ = message { try scratch.append("x", "link") }
      _ = message { try scratch.read("a/b/c", limit: 1) }
    }
    #expect(try openDescriptors(below: scratch.root) == before)
  }
}

@Suite("Reading")
struct ReadTests {
  @Test("What is not there is nil, what is there is whole")
  func whole() throws {
    let scratch = try Scratch()
    #expect(try scratch.read("none") == nil)
    #expect(try scratch.read("no/such/directory") == nil)
    try scratch.put("", "empty")
    #expect(try scratch.read("empty") == "")
    let long = String(repeating: "0123456789", count: 30_000)
    try scratch.append(long, "long")
    #expect(try scratch.read("long") == long)
  }

  @Test("A file that is larger than the limit is an error, one of that size is not")
  func limit() throws {
    let scratch = try Scratch()
    try scratch.put("12345", "a")
    #expect(try scratch.read("a", limit: 5) == "12345")
    #expect(
      message { try scratch.read("a", limit: 4) }
        == #""a": it has 5 bytes, and 4 are the most that is read at once; keep it smaller, for example with rotate"#)
  }
}
