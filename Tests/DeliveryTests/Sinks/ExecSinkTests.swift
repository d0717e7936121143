import Delivery
import Testing

@Suite("Commands and log lines from the outbox")
struct ExecSinkTests {
  private func exec(_ arguments: [String], input: String? = nil, timeout: Duration = .seconds(60)) -> OutboxItem {
    OutboxItem(
      id: 1, key: "k",
      payload: .exec(
        arguments: arguments.map { Array($0.utf8) }, standardInput: input.map { Array($0.utf8) }, timeout: timeout),
      createdAt: 0, due: 0)
  }

  private func deliver(_ item: OutboxItem, _ log: TestLog = TestLog()) async throws -> DeliveryResult {
    let runner = CommandRunner(allowed: try AllowedCommands(["/bin/sh"]), directory: "/")
    return try #require(await ExecSink(runner: runner, logger: log.logger).deliver([item]).results.first)
  }

  @Test("Success is delivery, and what it says goes to the log on harmless lines")
  func success() async throws {
    let log = TestLog()
    #expect(
      try await deliver(exec(["/bin/sh", "-c", "cat; printf 'a\\033[2J\\nb'"], input: "in\n"), log) == .delivered)
    #expect(log.lines.map(\.message) == ["\"/bin/sh\": in", "\"/bin/sh\": a\\u{1b}[2J", "\"/bin/sh\": b"])
    #expect(log.lines.allSatisfy { $0.level == .info })
  }

  @Test("A failing end is tried again, and says what it was")
  func failures() async throws {
    let status = try await deliver(exec(["/bin/sh", "-c", "exit 3"]))
    #expect(status == .failedForNow(DeliveryFailure("\"/bin/sh\" ended with status 3")))
    let signal = try await deliver(exec(["/bin/sh", "-c", "kill -9 $$"]))
    #expect(signal == .failedForNow(DeliveryFailure("\"/bin/sh\" was ended by signal 9")))
    let late = try await deliver(exec(["/bin/sh", "-c", "sleep 3600"], timeout: .milliseconds(50)))
    #expect(late == .failedForNow(DeliveryFailure("\"/bin/sh\" did not end within 50 ms, and was ended")))
  }

  @Test("A command that is not listed is parked")
  func notAllowed() async throws {
    guard case .failedForGood(let error) = try await deliver(exec(["/bin/ls"])) else {
      Issue.record("it ran")
      return
    }
    #expect(error == "\"/bin/ls\" may not be run; add its absolute path under `allow: exec` in the configuration")
  }

  @Test("A sink's command gets the record on its standard input and its arguments as they are")
  func alert() async throws {
    let log = TestLog()
    let sink = try ExecAlertSink(
      command: ["/bin/sh", "-c", "printf '%s\\n' \"$1\"; cat", "x", "$HOME *"], directory: "/", logger: log.logger)
    let answer = await sink.deliver([alertItem(#"{"id":"1","title":"t"}"#)])
    #expect(answer.results == [.delivered])
    #expect(log.lines.map(\.message) == [#""/bin/sh": $HOME *"#, #""/bin/sh": {"id":"1","title":"t"}"#])
  }

  @Test("An alert in the log is one line of its severity")
  func log() async throws {
    let log = TestLog()
    let answer = await LogSink(logger: log.logger).deliver([alertItem(nastyAlert)])
    let line = try #require(log.lines.first)
    #expect(answer.results == [.delivered] && log.lines.count == 1 && line.level == .error)
    #expect(line.message == "alert HIGH: <!channel> & [x](http://evil)\\u{d}\\u{a}Bcc: x")
    #expect(line.metadata["path"] == "/a/<b>" && line.metadata["Rule"] == "rules/a")
  }
}
