import Delivery
import Foundation
import Testing

@Suite("Writing a whole file")
struct AtomicWriteTests {
  @Test("It replaces what was there and leaves no other file behind")
  func replaces() throws {
    let scratch = try Scratch()
    try scratch.write("a long first text", "sub/a")
    try scratch.write("short", "sub/a")
    #expect(scratch.text("sub/a") == "short")
    #expect(try scratch.names("sub") == ["a"])
    try scratch.write("", "sub/a")
    #expect(scratch.text("sub/a") == "")
  }

  @Test("The mode of the old file is kept, a new one has 0644 less the umask", arguments: [0o600, 0o640, 0o444, 0o777])
  func modes(_ kept: mode_t) throws {
    let scratch = try Scratch()
    try scratch.write("one", "a")
    #expect(try mode(scratch.inside("a")) == 0o644 & ~currentMask())
    chmod(scratch.inside("a"), kept)
    try scratch.write("two", "a")
    #expect(try mode(scratch.inside("a")) == kept)
    #expect(scratch.text("a") == "two")
  }

  @Test("Whoever has the old file open goes on reading the old content")
  func oldReader() throws {
    let scratch = try Scratch()
    try scratch.write("old", "a")
    let reader = try #require(FileHandle(forReadingAtPath: scratch.inside("a")))
    try scratch.write("new", "a")
    #expect(try reader.readToEnd() == Data("old".utf8))
  }

  @Test("A name of 255 bytes can be written")
  func longName() throws {
    let scratch = try Scratch()
    let name = String(repeating: "n", count: 255)
    try scratch.write("x", name)
    #expect(try scratch.names() == [name])
  }

  @Test("After a refusal no temporary file is left")
  func refusal() throws {
    let scratch = try Scratch()
    mkdir(scratch.inside("d"), 0o755)
    #expect(message { try scratch.write("x", "d") }.contains("it is a directory"))
    #expect(try scratch.names() == ["d"])
  }
}
