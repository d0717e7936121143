import Delivery
import Foundation
import Testing

/// Every way into the directory, so that each refusal is tested on all of them.
enum Call: String, CaseIterable, Sendable {
  case append, write, read, check, mark

  func perform(_ path: String, in scratch: Scratch) throws {
    let output = scratch.output
    switch self {
    case .append: try output.append(Array("text".utf8), to: OutputPath(path))
    case .write: try output.write(Array("text".utf8), to: OutputPath(path))
    case .read: _ = try output.read(OutputPath(path), limit: 1000)
    case .check: try output.check(OutputPath(path))
    case .mark: _ = try output.mark(of: OutputPath(path))
    }
  }

  var makesFiles: Bool { self == .append || self == .write }
}

@Suite("Nothing leaves the output directory")
struct ConfinementTests {
  @Test("A directory that is a symbolic link is refused", arguments: Call.allCases)
  func linkedDirectory(_ call: Call) throws {
    let scratch = try Scratch()
    mkdir(scratch.inside("sub"), 0o755)
    symlink(scratch.outside, scratch.inside("sub/out"))
    #expect(
      message { try call.perform("sub/out/a", in: scratch) }
        == #""sub/out/a": "sub/out" is a symbolic link, and links are not followed; "#
        + "remove the link, or use another path")
    #expect(try scratch.namesOutside().isEmpty)
  }

  @Test("A directory link that stays inside is refused as well", arguments: Call.allCases)
  func innerLink(_ call: Call) throws {
    let scratch = try Scratch()
    mkdir(scratch.inside("real"), 0o755)
    symlink("real", scratch.inside("alias"))
    #expect(message { try call.perform("alias/a", in: scratch) }.contains(#""alias" is a symbolic link"#))
    #expect(try scratch.names("real").isEmpty)
  }

  @Test("A file that is a symbolic link is refused, and its target untouched", arguments: Call.allCases)
  func linkedFile(_ call: Call) throws {
    let scratch = try Scratch()
    let target = scratch.outside + "/target"
    try Data("theirs".utf8).write(to: URL(fileURLWithPath: target))
    symlink(target, scratch.inside("a"))
    #expect(
      message { try call.perform("a", in: scratch) }
        == #""a": it is a symbolic link, and links are not followed; remove the link, or use another path"#)
    #expect(FileManager.default.contents(atPath: target) == Data("theirs".utf8))
  }

  @Test("A link to nothing is refused, and nothing comes into being at its end", arguments: Call.allCases)
  func danglingLink(_ call: Call) throws {
    let scratch = try Scratch()
    symlink(scratch.outside + "/new", scratch.inside("a"))
    symlink(scratch.outside + "/directory", scratch.inside("d"))
    #expect(message { try call.perform("a", in: scratch) }.contains("it is a symbolic link"))
    #expect(message { try call.perform("d/a", in: scratch) }.contains(#""d" is a symbolic link"#))
    #expect(try scratch.namesOutside().isEmpty)
  }

  @Test("What is no regular file is refused without waiting for it", arguments: Call.allCases)
  func otherKinds(_ call: Call) throws {
    let scratch = try Scratch()
    mkdir(scratch.inside("directory"), 0o755)
    mkfifo(scratch.inside("fifo"), 0o644)
    let rest = ", and only regular files are read and written; remove it, or use another path"
    #expect(message { try call.perform("directory", in: scratch) } == #""directory": it is a directory"# + rest)
    #expect(message { try call.perform("fifo", in: scratch) } == #""fifo": it is a FIFO"# + rest)
  }

  @Test("A FIFO that somebody reads is refused, and nothing is written into it", arguments: [Call.append, .write])
  func fifoWithReader(_ call: Call) throws {
    let scratch = try Scratch()
    mkfifo(scratch.inside("fifo"), 0o644)
    let reader = open(scratch.inside("fifo"), O_RDONLY | O_NONBLOCK)
    defer { close(reader) }
    #expect(message { try call.perform("fifo", in: scratch) }.contains("it is a FIFO"))
    var byte: UInt8 = 0
    #expect(read(reader, &byte, 1) <= 0)
  }

  @Test("A file where a directory should be is refused", arguments: Call.allCases)
  func fileOnTheWay(_ call: Call) throws {
    let scratch = try Scratch()
    try scratch.put("theirs", "file")
    #expect(
      message { try call.perform("file/a", in: scratch) }
        == #""file/a": "file" is not a directory; remove it, or use another path"#)
    #expect(scratch.text("file") == "theirs")
  }

  @Test("What is missing is fine for a look and made for a write", arguments: Call.allCases)
  func missing(_ call: Call) throws {
    let scratch = try Scratch()
    try call.perform("a/b/c", in: scratch)
    #expect(try scratch.names() == (call.makesFiles ? ["a"] : []))
  }

  @Test("A link that is put in place after the check is refused by the append")
  func swappedAfterCheck() throws {
    let scratch = try Scratch()
    try scratch.append("one", "sub/a")
    try scratch.output.check(OutputPath("sub/a"))
    rename(scratch.inside("sub"), scratch.inside("old"))
    symlink(scratch.outside, scratch.inside("sub"))
    #expect(message { try scratch.append("two", "sub/a") }.contains(#""sub" is a symbolic link"#))
    #expect(try scratch.namesOutside().isEmpty)
    #expect(scratch.text("old/a") == "one")
  }

  @Test("While somebody swaps a directory and a link without end, nothing arrives outside")
  func swappedAllTheTime() async throws {
    let scratch = try Scratch()
    mkdir(scratch.inside("sub"), 0o755)
    symlink(scratch.outside, scratch.inside("link"))
    let swapping = Task {
      while !Task.isCancelled {
        rename(scratch.inside("sub"), scratch.inside("real"))
        rename(scratch.inside("link"), scratch.inside("sub"))
        rename(scratch.inside("sub"), scratch.inside("link"))
        rename(scratch.inside("real"), scratch.inside("sub"))
      }
    }
    var reached = 0
    for _ in 0..<3000 where (try? scratch.append("x", "sub/a")) != nil { reached += 1 }
    swapping.cancel()
    await swapping.value
    #expect(try scratch.namesOutside().isEmpty)
    let lengths = try scratch.names().filter { $0 != "link" }.map { scratch.text($0 + "/a")?.count ?? 0 }
    #expect(lengths.reduce(0, +) == reached)
  }
}
