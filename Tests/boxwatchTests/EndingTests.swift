import BoxSimulator
import Foundation
import Testing

/// A signal while a refresh token, which is good for one use, is on its way: the answer is waited for, as long as nobody
/// says for a second time that it is to end.
@Suite("Ending while a token is renewed", .timeLimit(.minutes(2)))
struct EndingTests {
  private let notice = "waiting for Box to answer a request for a token; a second signal ends at once"

  /// Every command that renews tokens.
  enum Asking: String, CaseIterable {
    case events, doctor, run, batch, prompt

    func start(_ scratch: ScratchFolder, _ terminal: TestTerminal?) throws -> Command.Running {
      let state = ["--state", scratch.path("state")]
      switch self {
      case .events: return try Command.start(["events", "--limit", "1"] + state)
      case .doctor: return try Command.start(["doctor"] + state, directory: scratch.path(""))
      case .run:
        let rule = try scratch.write("rules/a.lua", "box.on('upload', function() end)\n")
        return try Command.start(["run", "--output", scratch.path("output"), rule] + state)
      case .batch: return try Command.start(["repl", "-e", "box.get_events {}"] + state)
      case .prompt: return try Command.start(["repl"] + state, terminal: terminal)
      }
    }

    /// A person who ends a prompt has left it on purpose, and a watcher runs until it is ended.
    var status: Int32 { self == .run || self == .prompt ? 0 : 130 }
    var signal: Int32 { self == .prompt ? SIGTERM : SIGINT }
  }

  /// Runs `body` when the command's request for a token has come, and is kept waiting.
  private func renewing(
    _ asking: Asking, for delay: Duration,
    _ body: (Command.Running, _ scratch: ScratchFolder, _ refreshToken: String) async throws -> Void
  ) async throws {
    let scratch = try ScratchFolder()
    var configuration = BoxSimulator.Configuration()
    configuration.backlog = 5
    configuration.token = "only issued ones"
    configuration.slowDelay = delay
    let simulator = try BoxSimulator(configuration)
    simulator.setFaults([Fault(.slow, .count(1), endpoint: .token)])
    try await simulator.withRunning { address in
      let refreshToken = simulator.issueRefreshToken()
      try scratch.storeSignIns(refreshToken: refreshToken, apiURL: address)
      let terminal = asking == .prompt ? try TestTerminal() : nil
      let command = try asking.start(scratch, terminal)
      if let terminal {
        while command.isRunning, !command.errorsSoFar.contains("box> ") { try await Task.sleep(for: .milliseconds(5)) }
        terminal.type("box.get_events {}\n")
      }
      while command.isRunning, simulator.statistics.faults[.slow] == nil {
        try await Task.sleep(for: .milliseconds(5))
      }
      try #require(command.isRunning)
      try await body(command, scratch, refreshToken)
    }
  }

  @Test("the new refresh token is stored after the first signal", arguments: Asking.allCases)
  func first(asking: Asking) async throws {
    try await renewing(asking, for: .seconds(3)) { command, scratch, refreshToken in
      command.signal(asking.signal)
      let result = await command.finish()
      #expect(result.status == asking.status, "\(result.errors)")
      #expect(result.errors.contains(notice), "\(result.errors)")
      let (stored, used) = (try scratch.stored("refresh_token"), try scratch.stored("previous_refresh_token"))
      #expect(stored != refreshToken)
      #expect(used == refreshToken)
    }
  }

  @Test("the second signal ends it at once", arguments: Asking.allCases)
  func second(asking: Asking) async throws {
    // Longer than any command waits.
    try await renewing(asking, for: .seconds(60)) { command, scratch, refreshToken in
      command.signal(asking.signal)
      while command.isRunning, !command.errorsSoFar.contains(notice) {
        try await Task.sleep(for: .milliseconds(5))
      }
      #expect(command.isRunning)
      let begun = ContinuousClock.now
      command.signal(asking.signal)
      let result = await command.finish()
      #expect(result.status == 128 + asking.signal, "\(result.errors)")
      #expect(ContinuousClock.now - begun < .seconds(5))
      let stored = try scratch.stored("refresh_token")
      #expect(stored == refreshToken)
    }
  }

  @Test("a prompt that is left waits too, and can still be ended")
  func left() async throws {
    try await renewing(.prompt, for: .seconds(60)) { command, scratch, refreshToken in
      // Ctrl-C ends the chunk, a hang-up the prompt: the first signal that is to end the program.
      command.signal(SIGINT)
      try await Task.sleep(for: .milliseconds(100))
      command.signal(SIGHUP)
      while command.isRunning, !command.errorsSoFar.contains(notice) {
        try await Task.sleep(for: .milliseconds(5))
      }
      #expect(command.isRunning)
      command.signal(SIGINT)
      let result = await command.finish()
      #expect(result.status == 130, "\(result.errors)")
      let stored = try scratch.stored("refresh_token")
      #expect(stored == refreshToken)
    }
  }
}
