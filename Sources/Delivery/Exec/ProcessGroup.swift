#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The processes of one command. To be used before its leader is reaped: afterwards its number may be another's.
struct ProcessGroup: Sendable {
  let leader: pid_t

  /// Between the request to end and the end by force.
  private static let grace = Duration.seconds(2)

  func send(_ signal: CInt) {
    kill(-leader, signal)
  }

  /// Ends the group after a time, or at once when the task is cancelled.
  /// - Returns: whether the time was over.
  func end(after timeout: Duration) async -> Bool {
    guard (try? await Task.sleep(for: timeout)) != nil else {
      send(SIGKILL)
      return false
    }
    send(SIGTERM)
    try? await Task.sleep(for: Self.grace)
    send(SIGKILL)
    return true
  }

  /// Returns when the leader has ended; it is left to be reaped.
  func waitForLeader() async {
    while !leaderHasEnded {
      // Not ended by the task's own cancellation: that ends the leader.
      await Task.detached { try? await Task.sleep(for: .milliseconds(10)) }.value
    }
  }

  private var leaderHasEnded: Bool {
    var information = siginfo_t()
    let result = waitid(P_PID, id_t(leader), &information, WEXITED | WNOHANG | WNOWAIT)
    // Without news the call succeeds and names no signal.
    return result == 0 ? information.si_signo != 0 : errno != EINTR
  }
}
