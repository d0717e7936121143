import Synchronization
import UnixSignals

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// SIGINT, SIGTERM and SIGHUP: the first ends the work in order, the second at once.
enum Signals {
  /// SIGHUP does nothing from here on, until it is listened to.
  static func ignoreHangUp() { signal(SIGHUP, SIG_IGN) }

  /// Runs `work`; a signal cancels it.
  ///
  /// - Parameter interruptedIsDone: whether being interrupted is how this work ends anyway (exit 0), or leaves it
  ///   undone (exit 130).
  static func ending(interruptedIsDone: Bool, _ work: @escaping @Sendable () async throws -> Void) async throws {
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup)
    let interrupted = Flag()
    let task = Task { try await work() }
    let watcher = Task {
      var first: ContinuousClock.Instant?
      for await signal in signals {
        if let first, isSecond(after: first) { endAtOnce(signal) }
        first = first ?? .now
        interrupted.raise()
        task.cancel()
      }
    }
    defer { watcher.cancel() }
    do {
      try await task.value
    } catch  where interrupted.isRaised {
      if !interruptedIsDone { throw ExitStatus.interrupted }
    }
  }

  /// Whether a signal that comes now is meant as a second one: `timeout` and terminals send one to the process and to its
  /// group at once.
  static func isSecond(after first: ContinuousClock.Instant) -> Bool { .now - first > .milliseconds(50) }

  /// A second signal: nothing is finished any more. The exit code is what shells report of a process that it ended.
  static func endAtOnce(_ signal: UnixSignal) -> Never {
    let number =
      switch signal {
      case .sigterm: SIGTERM
      case .sighup: SIGHUP
      default: SIGINT
      }
    _exit(128 + number)
  }

  /// Goes up once and stays.
  final class Flag: Sendable {
    private let raised = Atomic(false)
    var isRaised: Bool { raised.load(ordering: .acquiring) }
    func raise() { raised.store(true, ordering: .releasing) }
  }
}
