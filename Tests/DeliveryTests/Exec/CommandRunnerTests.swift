import Delivery
import Foundation
import Testing

@Suite("Commands that rules run")
struct CommandRunnerTests {
  private func run(
    _ arguments: [String], input: String? = nil, timeout: Duration = .seconds(60), in directory: String = "/"
  ) async throws -> CommandResult {
    let runner = CommandRunner(allowed: try AllowedCommands(Array(arguments.prefix(1))), directory: directory)
    return try await runner.run(
      arguments.map { Array($0.utf8) }, standardInput: input.map { Array($0.utf8) }, timeout: timeout)
  }

  private func shell(_ script: String, input: String? = nil, timeout: Duration = .seconds(60)) async throws
    -> CommandResult
  {
    try await run(["/bin/sh", "-c", script], input: input, timeout: timeout)
  }

  private func text(_ result: CommandResult) -> String { String(decoding: result.output, as: UTF8.self) }

  @Test("Arguments arrive as they are, without a shell")
  func arguments() async throws {
    let result = try await run(["/usr/bin/printf", "%s|", "$HOME", "a b", "*", "", "'", "-x"])
    #expect(text(result) == "$HOME|a b|*||'|-x|" && result.ending == .exited(0) && !result.outputWasCut)
  }

  @Test("Arguments need not be UTF-8")
  func bytes() async throws {
    let runner = CommandRunner(allowed: try AllowedCommands(["/usr/bin/printf"]), directory: "/")
    let result = try await runner.run(
      [Array("/usr/bin/printf".utf8), Array("%s".utf8), [0xFF, 0xFE]], timeout: .seconds(60))
    #expect(result.output == [0xFF, 0xFE])
  }

  @Test("The environment has three names at most")
  func environment() async throws {
    setenv("BOXWATCH_TEST_SECRET", "s3cret", 1)
    let names = text(try await run(["/usr/bin/env"])).split(separator: "\n").map { $0.prefix { $0 != "=" } }
    #expect(names.contains("PATH") && Set(names).isSubset(of: ["PATH", "LANG", "HOME"]))
  }

  @Test("No descriptor is inherited, not even one that would be")
  func descriptors() async throws {
    let leaky = open("/dev/null", O_RDONLY)
    defer { close(leaky) }
    try #require(leaky > 2 && fcntl(leaky, F_GETFD) & FD_CLOEXEC == 0)
    let lines = text(try await run(["/bin/ls", "/proc/self/fd"])).split(separator: "\n")
    // The fourth is the directory that it reads.
    #expect(lines == ["0", "1", "2", "3"])
  }

  @Test("Signals are as a new program expects them")
  func signals() async throws {
    let lines = text(try await run(["/bin/grep", "-E", "^Sig(Blk|Ign):", "/proc/self/status"])).split(separator: "\n")
    let sets = try lines.map { try #require(UInt64($0.drop { $0 != "\t" }.dropFirst(), radix: 16)) }
    // Those above are the C library's own.
    #expect(sets.count == 2 && sets.allSatisfy { $0 & 0x7FFF_FFFF == 0 })
  }

  @Test("It runs in the directory that it is given, in a process group of its own")
  func place() async throws {
    let scratch = try Scratch()
    let result = try await run(["/bin/sh", "-c", "pwd; cut -d' ' -f1,5 /proc/$$/stat"], in: scratch.outputPath)
    let lines = text(result).split(separator: "\n")
    #expect(lines.first.map(String.init) == scratch.outputPath)
    let numbers = lines.last?.split(separator: " ") ?? []
    #expect(numbers.count == 2 && numbers.first == numbers.last)
  }

  @Test("Standard input arrives whole", arguments: [0, 1, 1_000_000])
  func input(_ count: Int) async throws {
    #expect(text(try await shell("wc -c", input: String(repeating: "x", count: count))) == "\(count)\n")
  }

  @Test("Without input it is empty, and a command need not read it")
  func noInput() async throws {
    #expect(text(try await shell("wc -c")) == "0\n")
    let unread = try await shell("exec <&-; echo done", input: String(repeating: "x", count: 1_000_000))
    #expect(text(unread) == "done\n" && unread.ending == .exited(0))
  }

  @Test("Both outputs are kept up to 8 KiB, however much comes, and however soon it ends")
  func output() async throws {
    let both = try await shell("echo out; echo err >&2")
    #expect(text(both) == "out\nerr\n")
    let much = try await shell("head -c 3000000 /dev/zero")
    #expect(much.output.count == 8192 && much.outputWasCut && much.ending == .exited(0))
    for _ in 0..<30 { #expect(text(try await run(["/usr/bin/printf", "quick"])) == "quick") }
  }

  @Test("Its end is told")
  func endings() async throws {
    #expect(try await shell("exit 7").ending == .exited(7))
    #expect(try await shell("kill -9 $$").ending == .signalled(9))
  }

  @Test("A command that closes its output is still waited for")
  func closedOutput() async throws {
    #expect(try await shell("exec >&- 2>&-; sleep 0.1; exit 3").ending == .exited(3))
  }

  private func isAlive(_ number: String) -> Bool {
    // A zombie's command line is empty: it has ended, whoever is to reap it.
    guard let line = FileManager.default.contents(atPath: "/proc/\(number)/cmdline") else { return false }
    return !line.isEmpty
  }

  @Test("At the timeout grandchildren end too, even those that ignore the request", arguments: ["", "trap '' TERM;"])
  func timeout(_ trap: String) async throws {
    let result = try await shell(
      "\(trap) sh -c '\(trap) echo $$; while :; do sleep 0.05; done' & echo $$; wait", timeout: .milliseconds(300))
    #expect(result.ending == .timedOut)
    let numbers = text(result).split(separator: "\n").map(String.init)
    try #require(numbers.count == 2)
    for number in numbers {
      while isAlive(number) { await Task.yield() }
    }
  }

  @Test("What it leaves in its group ends with it, and does not hold it up")
  func leftover() async throws {
    let result = try await shell("sleep 3600 & echo $!")
    #expect(result.ending == .exited(0))
    while isAlive(text(result).trimmingCharacters(in: .newlines)) { await Task.yield() }
  }

  @Test("Cancelling the task ends it")
  func cancelled() async throws {
    let scratch = try Scratch()
    let task = Task {
      try await run(["/bin/sh", "-c", "echo $$ > started; sleep 3600 & wait"], in: scratch.outputPath)
    }
    while scratch.text("started")?.hasSuffix("\n") != true { await Task.yield() }
    task.cancel()
    await #expect { try await task.value } throws: { ($0 as? CommandError)?.kind == .cancelled }
    let number = try #require(scratch.text("started")).trimmingCharacters(in: .newlines)
    while isAlive(number) { await Task.yield() }
  }

  @Test("Only what is listed runs, spelled as it is listed")
  func allowed() async throws {
    let runner = CommandRunner(allowed: try AllowedCommands(["/bin/echo"]), directory: "/")
    for command in [["/bin/ls"], ["/bin/../bin/echo"], ["echo"], [], ["/bin/echo", "a\0b"]] {
      await #expect {
        try await runner.run(command.map { Array($0.utf8) }, timeout: .seconds(60))
      } throws: {
        ($0 as? CommandError)?.kind == .notAllowed
      }
    }
    #expect(throws: CommandError.self) { try AllowedCommands(["echo"]) }
  }

  @Test("A program that is not there says so")
  func missing() async throws {
    await #expect {
      try await run(["/nonexistent/program"])
    } throws: {
      let error = $0 as? CommandError
      return error?.kind == .cannotStart && error?.description.contains("/nonexistent/program") == true
    }
  }
}
