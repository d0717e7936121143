import Delivery
import Foundation
import Testing

@Suite("An append that a crash cut short")
struct ResumingTests {
  @Test("However much of it had arrived, it is there once at the end", arguments: 0...8)
  func everyLength(_ arrived: Int) throws {
    let scratch = try Scratch()
    try scratch.append("before\n", "log")
    let mark = try scratch.mark("log")
    try scratch.put("before\n" + "new line".prefix(arrived), "log")
    // `put` replaces the file; the mark must know the one that is there.
    let here = FileMark(file: try scratch.mark("log").file, length: mark.length)
    let appended = try scratch.append("new line", "log", resuming: here)
    #expect(scratch.text("log") == "before\nnew line")
    #expect(appended.offset == 7 && appended.length == 15)
  }

  @Test("However much of header and text had arrived in a new file, both are there once", arguments: 0...4)
  func newFile(_ arrived: Int) throws {
    let scratch = try Scratch()
    let mark = try scratch.mark("a.csv")
    #expect(mark == .missing)
    try scratch.put(String("h\n1\n".prefix(arrived)), "a.csv")
    try scratch.append("1\n", "a.csv", header: "h\n", resuming: mark)
    #expect(scratch.text("a.csv") == "h\n1\n")
  }

  @Test(
    "What others wrote is never cut",
    arguments: [
      // Others wrote, ours had not begun.
      ("before\ntheirs", "before\ntheirs" + "ours\n"),
      // Ours had begun, and theirs stands behind it.
      ("before\nou" + "theirs", "before\nou" + "theirs" + "ours\n"),
      // Ours was complete, and theirs stands behind it.
      ("before\nours\n" + "theirs", "before\nours\n" + "theirs"),
      // They had shortened the file.
      ("bef", "befours\n"),
    ])
  func others(_ found: String, _ expected: String) throws {
    let scratch = try Scratch()
    try scratch.put(found, "log")
    let mark = FileMark(file: try scratch.mark("log").file, length: 7)
    try scratch.append("ours\n", "log", resuming: mark)
    #expect(scratch.text("log") == expected)
  }

  @Test("A file that others put in its place is appended to", arguments: ["ou", "other text, and longer\n"])
  func replaced(_ found: String) throws {
    let scratch = try Scratch()
    try scratch.append("before\n", "log")
    let mark = try scratch.mark("log")
    try scratch.put(found, "replacement")
    rename(scratch.inside("replacement"), scratch.inside("log"))
    try scratch.append("ours\n", "log", resuming: mark)
    // "ou" at its head can only be ours: the rest of the file would be theirs.
    #expect(scratch.text("log") == (found == "ou" ? "ours\n" : found + "ours\n"))
  }

  @Test("A crash at any step of a rotation leaves neither a gap nor a repetition", arguments: 0...4)
  func rotation(_ step: Int) throws {
    let scratch = try Scratch()
    let rotation = try FileRotation(limit: 7, keep: 2)
    try scratch.append("first\n", "log", rotation: rotation)
    let mark = try scratch.mark("log")
    if step >= 1 { rename(scratch.inside("log"), scratch.inside("log.1")) }
    if step >= 2 { try scratch.put("", "log") }
    if step >= 3 { try scratch.put("h\nsec", "log") }
    if step >= 4 { try scratch.put("h\nsecond\n", "log") }
    let appended = try scratch.append("second\n", "log", rotation: rotation, header: "h\n", resuming: mark)
    #expect(try scratch.names() == ["log", "log.1"])
    #expect(scratch.text("log") == "h\nsecond\n" && scratch.text("log.1") == "first\n")
    #expect(try appended.mark == scratch.mark("log"))
  }

  @Test("A whole batch is repeated without effect, over several rotations", arguments: 0...6)
  func batch(_ delivered: Int) throws {
    let scratch = try Scratch()
    let rotation = try FileRotation(limit: 7, keep: 5)
    try scratch.append("0\n", "log", rotation: rotation, header: "h\n")
    let committed = try scratch.mark("log")
    for number in 1..<(1 + delivered) { try scratch.append("\(number)\n", "log", rotation: rotation, header: "h\n") }
    // The process died before the ledger heard of any of them.
    var mark = committed
    for number in 1...6 {
      mark = try scratch.append("\(number)\n", "log", rotation: rotation, header: "h\n", resuming: mark).mark
    }
    let files = ["log.3", "log.2", "log.1", "log"].map(scratch.text)
    #expect(files == ["h\n0\n1\n", "h\n2\n3\n", "h\n4\n5\n", "h\n6\n"])
  }

  @Test("A mark survives its way through JSON")
  func coding() throws {
    for mark in [FileMark(file: .max, length: 7), .missing] {
      #expect(try JSONDecoder().decode(FileMark.self, from: JSONEncoder().encode(mark)) == mark)
    }
  }
}
