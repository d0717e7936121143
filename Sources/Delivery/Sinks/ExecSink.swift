import BoxClient
import Logging

/// Runs what rules give `box.exec`.
public struct ExecSink: DeliverySink {
  private let runner: CommandRunner
  private let logger: Logger

  public init(runner: CommandRunner, logger: Logger) {
    self.runner = runner
    self.logger = logger
  }

  public func deliver(_ items: [OutboxItem]) async -> SinkAnswer {
    var answer = SinkAnswer([])
    for item in items {
      if case .exec(let arguments, let input, let timeout) = item.payload {
        answer.results.append(
          await runner.deliver(arguments, standardInput: input, timeout: timeout, logger: logger))
      } else {
        answer.results.append(.failedForGood("this is no command"))
      }
    }
    return answer
  }
}

/// Gives each alert to a command of the configuration, as JSON on its standard input.
public struct ExecAlertSink: DeliverySink {
  private let command: [[UInt8]]
  private let timeout: Duration
  private let runner: CommandRunner
  private let logger: Logger

  /// - Parameters:
  ///   - command: the arguments, passed on as they are written.
  ///   - directory: the working directory.
  /// - Throws: when the command does not begin with an absolute path.
  public init(
    command: [String], directory: String, timeout: Duration = .seconds(30), logger: Logger
  ) throws(CommandError) {
    // The configuration names it, which allows it.
    runner = CommandRunner(allowed: try AllowedCommands(Array(command.prefix(1))), directory: directory)
    self.command = command.map { Array($0.utf8) }
    self.timeout = timeout
    self.logger = logger
  }

  public func deliver(_ items: [OutboxItem]) async -> SinkAnswer {
    var answer = SinkAnswer([])
    for item in items {
      if case .alert(let json) = item.payload {
        answer.results.append(
          await runner.deliver(command, standardInput: json, timeout: timeout, logger: logger))
      } else {
        answer.results.append(.failedForGood("this is no alert"))
      }
    }
    return answer
  }
}

extension CommandRunner {
  /// Runs a command whose success is its delivery; what it wrote goes to the log.
  func deliver(
    _ arguments: [[UInt8]], standardInput: [UInt8]?, timeout: Duration, logger: Logger
  ) async -> DeliveryResult {
    do throws(CommandError) {
      let result = try await run(arguments, standardInput: standardInput, timeout: timeout)
      let program = QuotedPath.of(String(decoding: arguments.first ?? [], as: UTF8.self))
      log(result, of: program, to: logger)
      switch result.ending {
      case .exited(0): return .delivered
      case .exited(let status): return .failedForNow(DeliveryFailure("\(program) ended with status \(status)"))
      case .signalled(let signal): return .failedForNow(DeliveryFailure("\(program) was ended by signal \(signal)"))
      case .timedOut:
        return .failedForNow(DeliveryFailure("\(program) did not end within \(timeout.roundedText), and was ended"))
      }
    } catch {
      switch error.kind {
      case .notAllowed: return .failedForGood(error.description)
      case .cannotStart: return .failedForNow(DeliveryFailure(error.description))
      case .cancelled: return .cancelled
      }
    }
  }

  private func log(_ result: CommandResult, of program: String, to logger: Logger) {
    guard !result.output.isEmpty else { return }
    let level: Logger.Level = result.ending == .exited(0) ? .info : .warning
    let more = result.outputWasCut ? " (and more)" : ""
    for line in String(decoding: result.output, as: UTF8.self).split(whereSeparator: \.isNewline) {
      logger.log(level: level, "\(program): \(PrintableLine.of(String(line)))\(more)")
    }
  }
}
