import Subprocess

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Runs the commands that the configuration allows: their arguments as they are, without a shell.
///
/// A command sees `PATH`, `LANG` and `HOME` of this process and nothing else of its environment, no descriptor but its
/// standard three, and the output directory as its working directory. It has a process group of its own, which ends
/// with it: what it left running in that group is ended too. `SIGPIPE` is ignored in this process from the first run on,
/// as a command need not read its input.
public struct CommandRunner: Sendable {
  private let allowed: AllowedCommands
  private let directory: String
  private let environment: [Environment.Key: String]

  /// Bytes of output that are kept.
  public static let largestOutput = 8 << 10

  /// - Parameter directory: the working directory.
  public init(allowed: AllowedCommands, directory: String) {
    self.allowed = allowed
    self.directory = directory
    environment = Self.inheritedEnvironment()
  }

  /// Runs a command to its end. At the timeout its group is asked to end, and two seconds later made to.
  /// - Parameters:
  ///   - arguments: the program's absolute path, then its arguments.
  ///   - standardInput: nil for an empty one.
  public func run(
    _ arguments: [[UInt8]], standardInput: [UInt8]? = nil, timeout: Duration
  ) async throws(CommandError) -> CommandResult {
    try allowed.check(arguments)
    Self.ignoreBrokenPipes
    var options = PlatformOptions()
    options.processGroupID = 0
    let program = String(decoding: arguments[0], as: UTF8.self)
    do {
      let result = try await Subprocess.run(
        .path(.init(program)),
        arguments: Self.terminated(arguments),
        environment: .custom(environment), workingDirectory: .init(directory), platformOptions: options,
        input: .inputWriter, output: .sequence, error: .combinedWithOutput
      ) { execution in
        let group = ProcessGroup(leader: execution.processIdentifier.value)
        return await supervise(execution, group, standardInput ?? [], timeout)
      }
      // The command was ended with the task; its own end says nothing.
      if Task.isCancelled { throw CommandError(.cancelled, "\(program) was cancelled") }
      return Self.result(of: result.closureResult, result.terminationStatus)
    } catch let error as CommandError {
      throw error
    } catch {
      if Task.isCancelled { throw CommandError(.cancelled, "\(program) was cancelled") }
      throw CommandError(.cannotStart, "\(QuotedPath.of(program)) cannot be run: \(error)")
    }
  }

  /// The library hands bytes to the system as they are, which reads them up to a NUL.
  private static func terminated(_ arguments: [[UInt8]]) -> Arguments {
    let terminated = arguments.map { $0 + [0] }
    return Arguments(executablePathOverride: terminated[0], remainingValues: Array(terminated.dropFirst()))
  }

  private struct Supervised {
    let output: CommandOutput
    let timedOut: Bool
  }

  private func supervise(
    _ execution: Execution<CustomWriteInput, SequenceOutput, CombinedErrorOutput>, _ group: ProcessGroup,
    _ input: [UInt8], _ timeout: Duration
  ) async -> Supervised {
    await withTaskGroup(of: Bool.self) { tasks in
      tasks.addTask {
        // A command that does not read its input is no failure.
        _ = try? await execution.standardInputWriter.write(input)
        try? await execution.standardInputWriter.finish()
        return false
      }
      tasks.addTask { await group.end(after: timeout) }
      var output = CommandOutput(limit: Self.largestOutput)
      do {
        for try await part in execution.standardOutput { part.withUnsafeBytes { output.append($0) } }
      } catch {
        // The pipe broke; its end is told below all the same.
      }
      // A command may close its output and go on.
      await group.waitForLeader()
      // While the leader is not reaped, its number belongs to no other group.
      group.send(SIGKILL)
      tasks.cancelAll()
      let timedOut = await tasks.reduce(false) { $0 || $1 }
      return Supervised(output: output, timedOut: timedOut)
    }
  }

  private static func result(of supervised: Supervised, _ status: TerminationStatus) -> CommandResult {
    let ending: CommandResult.Ending =
      switch status {
      case _ where supervised.timedOut: .timedOut
      case .exited(let code): .exited(Int(code))
      case .signaled(let signal): .signalled(Int(signal))
      }
    return CommandResult(
      ending: ending, output: supervised.output.bytes, outputWasCut: supervised.output.wasCut)
  }

  private static func inheritedEnvironment() -> [Environment.Key: String] {
    var kept: [Environment.Key: String] = ["PATH": "/usr/local/bin:/usr/bin:/bin"]
    for name in ["PATH", "LANG", "HOME"] {
      if let value = getenv(name), let key = Environment.Key(rawValue: name) { kept[key] = String(cString: value) }
    }
    return kept
  }

  private static let ignoreBrokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()
}
