import Delivery
import Foundation
import Testing

@Suite("Rotation")
struct RotationTests {
  @Test("The file moves to .1, the others up, and what is beyond the number that stays goes")
  func order() throws {
    let scratch = try Scratch()
    let rotation = try FileRotation(limit: 4, keep: 2)
    for number in 1...4 { try scratch.append("\(number)\(number)\(number)\n", "log", rotation: rotation) }
    #expect(try scratch.names() == ["log", "log.1", "log.2"])
    #expect(["log", "log.1", "log.2"].map(scratch.text) == ["444\n", "333\n", "222\n"])
  }

  @Test("A file is filled up to the limit exactly, and not past it")
  func exactly() throws {
    let scratch = try Scratch()
    let rotation = try FileRotation(limit: 6, keep: 3)
    for _ in 0..<3 { try scratch.append("ab\n", "log", rotation: rotation) }
    #expect(scratch.text("log") == "ab\n" && scratch.text("log.1") == "ab\nab\n")
  }

  @Test("A text that is larger than the limit gets a file of its own, and is not split")
  func large() throws {
    let scratch = try Scratch()
    let rotation = try FileRotation(limit: 4, keep: 3)
    try scratch.append("long enough\n", "log", rotation: rotation)
    #expect(try scratch.names() == ["log"])
    let second = try scratch.append("and another\n", "log", rotation: rotation)
    try scratch.append("x\n", "log", rotation: rotation)
    #expect(second.offset == 0)
    #expect(["log", "log.1", "log.2"].map(scratch.text) == ["x\n", "and another\n", "long enough\n"])
  }

  @Test("Each fresh file gets the header")
  func header() throws {
    let scratch = try Scratch()
    let rotation = try FileRotation(limit: 6, keep: 2)
    for number in 1...5 { try scratch.append("\(number)\n", "a.csv", rotation: rotation, header: "h\n") }
    #expect(["a.csv", "a.csv.1", "a.csv.2"].map(scratch.text) == ["h\n5\n", "h\n3\n4\n", "h\n1\n2\n"])
  }

  @Test("After a crash between two renamings the next rotation goes on and drops nothing")
  func crashedHalfway() throws {
    let scratch = try Scratch()
    // .1 had moved to .2 already, the file not yet to .1; three stay.
    for (name, text) in [("log", "new\n"), ("log.2", "old\n"), ("log.3", "oldest\n")] { try scratch.put(text, name) }
    try scratch.append("now\n", "log", rotation: FileRotation(limit: 4, keep: 3))
    #expect(["log", "log.1", "log.2", "log.3"].map(scratch.text) == ["now\n", "new\n", "old\n", "oldest\n"])
  }

  @Test("Rotation follows no link under a rotated name")
  func linkedRotatedName() throws {
    let scratch = try Scratch()
    let target = scratch.outside + "/target"
    try Data("theirs".utf8).write(to: URL(fileURLWithPath: target))
    symlink(target, scratch.inside("log.1"))
    try scratch.put("full\n", "log")
    try scratch.append("now\n", "log", rotation: FileRotation(limit: 4, keep: 1))
    #expect(scratch.text("log.1") == "full\n")
    #expect(FileManager.default.contents(atPath: target) == Data("theirs".utf8))
  }

  @Test("A directory under the last rotated name is an error, and no file is lost")
  func directoryInTheWay() throws {
    let scratch = try Scratch()
    mkdir(scratch.inside("log.1"), 0o755)
    try scratch.put("full\n", "log")
    let refusal = message { try scratch.append("now\n", "log", rotation: FileRotation(limit: 4, keep: 1)) }
    #expect(refusal.hasPrefix(#""log": cannot be rotated to "log.1": is a directory"#))
    #expect(scratch.text("log") == "full\n")
  }

  @Test("A name that leaves no room for the number is refused at the first append")
  func longName() throws {
    let scratch = try Scratch()
    let name = String(repeating: "n", count: 253)
    try scratch.append("x", name, rotation: FileRotation(limit: 1, keep: 9))
    let refusal = message { try scratch.append("x", name, rotation: FileRotation(limit: 1, keep: 10)) }
    #expect(refusal.contains("with \".10\" added by rotation its name passes 255 bytes; use a shorter one"))
  }
}

@Suite("What a rotation may be")
struct FileRotationTests {
  @Test(
    "Sizes are bytes, or whole numbers with a power of 1024",
    arguments: [("1", 1), ("1048576", 1 << 20), ("512K", 512 << 10), ("10M", 10 << 20), ("1G", 1 << 30), ("2k", 2048)])
  func sizes(_ text: String, _ bytes: Int) throws {
    let rotation = try FileRotation(size: text)
    #expect(rotation.limit == bytes && rotation.keep == FileRotation.defaultKeep)
  }

  @Test(
    "Any other text is an error that shows how to write one",
    arguments: ["", "M", "ten", "10 M", " 10M", "1.5M", "10MB", "10T", "-1", "+1", "0x10", "٣", "10M\u{301}"])
  func noSizes(_ text: String) {
    let refusal = message { try FileRotation(size: text) }
    #expect(refusal.contains(#"is not a size; write bytes, or a whole number with K, M or G, such as "10M""#))
  }

  @Test("Sizes and numbers beyond the bounds are errors that name the bound")
  func bounds() {
    #expect(message { try FileRotation(size: "0") }.hasPrefix("rotate = 0: the size must be at least 1 byte; write"))
    #expect(message { try FileRotation(limit: -5) }.hasPrefix("rotate = -5: the size must be at least 1 byte"))
    #expect(message { try FileRotation(size: "9223372036854775808") }.contains("is too large a size"))
    #expect(message { try FileRotation(size: "9007199254740993G") }.contains("is too large a size"))
    for keep in [0, -1, 1001] {
      #expect(
        message { try FileRotation(size: "1M", keep: keep) }
          == "keep = \(keep): it must be from 1 to 1000, the number of rotated files")
    }
  }
}
