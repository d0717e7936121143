import Synchronization
import UnixSignals

/// Signals while a prompt is opened, open and closed. At the prompt Ctrl-C ends what runs, or leaves the line, and
/// SIGTERM and SIGHUP end the prompt. Before and behind it signals do what they do to every command: the first ends the
/// work in order, so that a token that is being renewed is not lost; the second ends it at once.
final class PromptSignals: Sendable {
  /// What the prompt does with a signal; nil while there is none.
  private let atPrompt = Mutex<(@Sendable (UnixSignal) -> Void)?>(nil)
  private let interrupted = Signals.Flag()

  private init() {}

  /// Runs `work`. Throws ``ExitStatus/interrupted`` where a signal kept it from its end.
  static func listening(_ work: @escaping @Sendable (PromptSignals) async throws -> Void) async throws {
    let sequence = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup, .sigwinch, .sigcont)
    let signals = PromptSignals()
    let task = Task { try await work(signals) }
    let listening = Task {
      var first: ContinuousClock.Instant?
      for await signal in sequence {
        let take = signals.atPrompt.withLock { $0 }
        take?(signal)
        let isToEnd = [.sigterm, .sighup].contains(signal) || signal == .sigint && take == nil
        guard isToEnd else { continue }
        if let first, Signals.isSecond(after: first) { Signals.endAtOnce(signal) }
        first = first ?? .now
        guard take == nil else { continue }
        signals.interrupted.raise()
        task.cancel()
      }
    }
    defer { listening.cancel() }
    do {
      try await task.value
    } catch  where signals.interrupted.isRaised {
      // Whatever error the end of what was under way has become.
      throw ExitStatus.interrupted
    } catch is CancellationError {
      throw ExitStatus.interrupted
    }
  }

  /// Signals are the prompt's while `body` runs.
  func handing(to prompt: @escaping @Sendable (UnixSignal) -> Void, while body: () async -> Void) async {
    atPrompt.withLock { $0 = prompt }
    await body()
    atPrompt.withLock { $0 = nil }
  }
}
