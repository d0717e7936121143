import BoxClient

/// This machine's clock against the server's.
enum ClockExamination {
  /// Seconds that the answer's way may take, and more: what is within them is no error.
  private static let tolerance: Int64 = 20

  static func finding(server: Timestamp, own: Timestamp, account: String) -> Finding {
    let seconds = server.seconds - own.seconds
    guard abs(seconds) > tolerance else {
      return Finding(.ok, "clock", account: account, "it agrees with the server's")
    }
    let direction = seconds > 0 ? "behind" : "ahead of"
    return Finding(
      .warning, "clock", account: account,
      "this machine's clock is \(abs(seconds)) s \(direction) the server's: relative times and timers are off",
      advice: "Set it: timedatectl set-ntp true")
  }
}
