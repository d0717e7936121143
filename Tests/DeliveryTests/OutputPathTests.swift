import Delivery
import Testing

@Suite("Paths of output files")
struct OutputPathTests {
  @Test("A path that could leave the directory or names no file is refused with what to do", arguments: refusals)
  func refused(_ text: String, _ expected: String) {
    #expect(message { try OutputPath(text) } == expected)
  }

  static let refusals = [
    ("", #""": the path is empty; name a file"#),
    ("/etc/passwd", #""/etc/passwd": the path is absolute; use a path below the output directory"#),
    ("..", #""..": the path has a ".."; use a path below the output directory"#),
    ("../x", #""../x": the path has a ".."; use a path below the output directory"#),
    ("a/../b", #""a/../b": the path has a ".."; use a path below the output directory"#),
    ("a/..", #""a/..": the path has a ".."; use a path below the output directory"#),
    (".", #"".": the path names a directory; end it with a file's name"#),
    ("./.", #""./.": the path names a directory; end it with a file's name"#),
    ("a/", #""a/": the path names a directory; end it with a file's name"#),
    ("a/.", #""a/.": the path names a directory; end it with a file's name"#),
    ("a\0b", #""a\u{0}b": the path has a control character; leave it out"#),
    ("a\nb", #""a\u{a}b": the path has a control character; leave it out"#),
    ("a\r\nb", #""a\u{d}\u{a}b": the path has a control character; leave it out"#),
    ("a\u{7F}", #""a\u{7f}": the path has a control character; leave it out"#),
    ("a\u{85}", #""a\u{85}": the path has a control character; leave it out"#),
    // The slash and the accent are one character to Swift, the slash alone a separator to the file system.
    ("../\u{301}x", "\"../\u{301}x\": the path has a \"..\"; use a path below the output directory"),
    ("/\u{301}x", "\"/\u{301}x\": the path is absolute; use a path below the output directory"),
  ]

  @Test("Names of 255 bytes and paths of 4096 are the longest")
  func lengths() throws {
    let name = String(repeating: "n", count: 255)
    _ = try OutputPath(name)
    #expect(message { try OutputPath(name + "n") }.contains("has a name of 256 bytes, and 255 are the most"))
    // 128 characters, 256 bytes.
    #expect(message { try OutputPath(String(repeating: "ä", count: 128)) }.contains("a name of 256 bytes"))
    let long = Array(repeating: String(repeating: "d", count: 15), count: 256).joined(separator: "/")
    _ = try OutputPath(long + "d")
    #expect(message { try OutputPath(long + "dd") }.contains("the path has 4097 bytes, and 4096 are the most"))
  }

  @Test("A message shows a long path cut off and a turned-round one escaped")
  func quoting() {
    let long = message { try OutputPath(String(repeating: "x", count: 5000)) }
    #expect(long.hasPrefix("\"" + String(repeating: "x", count: 200) + "…\": the path has 5000 bytes"))
    #expect(message { try OutputPath("/\u{202E}\"gpj.exe") }.hasPrefix(#""/\u{202e}\"gpj.exe": the path is absolute"#))
  }

  @Test("Spellings of one path are equal, and its shortest form is shown")
  func normal() throws {
    let path = try OutputPath("./reports//today/./a.csv")
    #expect(path.description == "reports/today/a.csv")
    #expect(try path == OutputPath("reports/today/a.csv"))
    #expect(try Set([path, OutputPath("reports/today/a.csv")]).count == 1)
  }

  @Test(
    "Names that only look like the refused ones are names",
    arguments: ["...", "a..b", "..a", ".hidden", "a\\b", "~", "日本"])
  func harmless(_ text: String) throws {
    #expect(try OutputPath(text).description == text)
  }

  @Test("Two Unicode spellings are two paths, as they are two files")
  func unicode() throws {
    #expect(try OutputPath("caf\u{E9}") != OutputPath("cafe\u{301}"))
  }

  @Test("Bytes that are not UTF-8 are refused, others are taken as they are")
  func bytes() throws {
    #expect(try OutputPath(utf8: Array("ä/b".utf8)).description == "ä/b")
    let refusal = message { try OutputPath(utf8: [0x61, 0xFF]) }
    #expect(refusal == "\"a\u{FFFD}\": the path is not valid UTF-8; use UTF-8 text")
  }
}
