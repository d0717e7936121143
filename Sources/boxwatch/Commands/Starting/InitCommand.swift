import ArgumentParser
import Watcher

/// `boxwatch init`: a starter project.
struct InitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Make a starter project: configuration, rules, tests.",
    discussion: """
      Writes boxwatch.yaml, example rules with their tests, a systemd unit, .gitignore, what editors need to complete \
      `box.` (types/box.lua, .luarc.json) and REFERENCE.md. A file that is there already \
      is never touched: then nothing is written, and the exit code is 73.

      EXAMPLE
        boxwatch init watch && cd watch && boxwatch test && boxwatch run --simulate --state .simulated
      """)

  @Argument(help: ArgumentHelp("Where to make it.", valueName: "dir"))
  var directory = "."

  @OptionGroup var display: DisplayOptions

  func validate() throws {
    if directory.isEmpty || directory.utf8.contains(0) { throw ValidationError("DIR is no path") }
  }

  func run() async throws {
    let folder = ProjectFolder(path: directory)
    try folder.make()
    // systemd takes no path with a link's or a parent's name in it.
    let project = StarterProject(folder: ResolvedPath.of(directory))
    try folder.write(project.files)
    var output = StandardOutput()
    for file in project.files { try output.write(TerminalText.escaped(folder.path(file.name)) + "\n") }
    try output.flush()
    let change = directory == "." ? "" : "  cd \(TerminalText.escaped(ShellWord.quoted(directory)))\n"
    StandardError.write(
      """
      The project is there. Next:
      \(change)  boxwatch test                      # the rules' own tests
        boxwatch run --simulate --state .simulated      # the rules on a simulated account
        boxwatch doctor                    # once boxwatch.yaml says which account to watch
        boxwatch run

      """)
  }
}

/// A word as a shell takes it.
enum ShellWord {
  static func quoted(_ word: String) -> String {
    let isPlain =
      !word.isEmpty
      && word.utf8.allSatisfy { byte in
        byte >= 0x30 && byte <= 0x39 || byte >= 0x41 && byte <= 0x5A || byte >= 0x61 && byte <= 0x7A
          || "/._-+".utf8.contains(byte)
      }
    return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}
