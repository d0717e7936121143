import Delivery
import Foundation
import Testing

@Suite("The output directory")
struct OutputDirectoryTests {
  @Test("It is made when it is missing, with those above it")
  func made() throws {
    let scratch = try Scratch()
    let output = try OutputDirectory(path: scratch.root + "/deep//er/still/")
    try output.append(Array("x".utf8), to: OutputPath("a"))
    #expect(FileManager.default.contents(atPath: scratch.root + "/deep/er/still/a") == Data("x".utf8))
    #expect(try mode(scratch.root + "/deep/er") == 0o755 & ~currentMask())
  }

  @Test("One that is there is used, also through a symbolic link, for the user chose it")
  func linked() throws {
    let scratch = try Scratch()
    symlink(scratch.outside, scratch.root + "/link")
    try OutputDirectory(path: scratch.root + "/link").write([0x78], to: OutputPath("a"))
    #expect(try scratch.namesOutside() == ["a"])
  }

  @Test("A path that cannot be a directory is an error that says why")
  func refused() throws {
    let scratch = try Scratch()
    let file = scratch.root + "/file"
    try Data().write(to: URL(fileURLWithPath: file))
    let expected =
      ": the output directory or one above it is a file; remove the file, or choose another directory with --output"
    #expect(message { try OutputDirectory(path: file) } == "\"\(file)\"" + expected)
    #expect(message { try OutputDirectory(path: file + "/below") } == "\"\(file)/below\"" + expected)
    #expect(
      message { try OutputDirectory(path: "") }
        == #""": this cannot be an output directory; name one with --output"#)
    symlink("nowhere", scratch.root + "/dangling")
    #expect(message { try OutputDirectory(path: scratch.root + "/dangling") }.contains("cannot be opened"))
  }

  @Test("One that cannot be written to is an error at the start", .enabled(if: geteuid() != 0, "root may write"))
  func readOnly() throws {
    let scratch = try Scratch()
    chmod(scratch.outside, 0o555)
    let refusal = message { try OutputDirectory(path: scratch.outside) }
    #expect(refusal.contains("the output directory cannot be written to: permission denied; give the user"))
  }

  @Test("The state directory below it is reached by no call, and everything beside that is")
  func stateBelow() throws {
    let scratch = try Scratch()
    let state = scratch.inside("deep/.boxwatch")
    try FileManager.default.createDirectory(atPath: state + "/more", withIntermediateDirectories: true)
    try scratch.put("token", "deep/.boxwatch/credentials.json")
    symlink(state, scratch.root + "/link")
    // However the state directory is spelt.
    for spelling in [state, scratch.inside("deep/../deep//.boxwatch/"), scratch.root + "/link"] {
      let output = try OutputDirectory(path: scratch.outputPath, states: [spelling])
      let expected =
        #""deep/.boxwatch" is the state directory, which rules must not reach; use another path"#
      for path in ["deep/.boxwatch/credentials.json", "deep/.boxwatch/more/new"] {
        let path = try OutputPath(path)
        #expect(message { try output.read(path, limit: 100) }.hasSuffix(expected))
        #expect(message { try output.write([0x78], to: path) }.hasSuffix(expected))
        #expect(message { try output.append([0x78], to: path) }.hasSuffix(expected))
        #expect(message { try output.check(path) }.hasSuffix(expected))
      }
      try output.append([0x78], to: OutputPath("deep/beside"))
    }
    #expect(scratch.text("deep/.boxwatch/credentials.json") == "token" && scratch.text("deep/beside") == "xxx")
    #expect(try scratch.names("deep/.boxwatch/more").isEmpty)
  }

  @Test("The state directory cannot be the output directory itself")
  func stateItself() throws {
    let scratch = try Scratch()
    let expected =
      "this is the state directory, which rules must not reach; choose another directory with --output"
    #expect(
      message { try OutputDirectory(path: scratch.outside, states: [scratch.outside + "/."]) }.hasSuffix(expected))
    #expect(message { try OutputDirectory(existing: scratch.outside, states: [scratch.outside]) }.hasSuffix(expected))
    // One that does not exist protects nothing.
    try OutputDirectory(path: scratch.outside, states: [scratch.root + "/none"]).write([0x78], to: OutputPath("a"))
  }

  @Test("It is held open: after it was renamed, files go where it is now")
  func renamed() throws {
    let scratch = try Scratch()
    rename(scratch.outputPath, scratch.root + "/moved")
    symlink(scratch.outside, scratch.outputPath)
    try scratch.append("x", "sub/a")
    #expect(FileManager.default.contents(atPath: scratch.root + "/moved/sub/a") == Data("x".utf8))
    #expect(try scratch.namesOutside().isEmpty)
  }

  @Test("When it was removed, an append says so")
  func removed() throws {
    let scratch = try Scratch()
    rmdir(scratch.outputPath)
    #expect(
      message { try scratch.append("x", "a") }
        == #""a": cannot be opened: the directory is gone; restore the output directory and start again"#)
    let below = message { try scratch.append("x", "sub/a") }
    #expect(below.contains("its directory cannot be made: the directory is gone"))
    #expect(try scratch.read("a") == nil)
  }
}

func mode(_ path: String) throws -> mode_t {
  var status = stat()
  try #require(lstat(path, &status) == 0)
  return status.st_mode & 0o777
}

/// The bits that the process's umask takes from new files, read off a new directory: umask itself can only be read by
/// changing it.
func currentMask() throws -> mode_t {
  let scratch = try Scratch()
  mkdir(scratch.root + "/mask", 0o777)
  return try 0o777 & ~mode(scratch.root + "/mask")
}
