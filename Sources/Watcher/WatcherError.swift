import BoxClient

/// Why a watcher cannot run.
public enum WatcherError: Error, Sendable, CustomStringConvertible {
  /// No rule file loads, or one does not and all must.
  case rulesDoNotLoad(all: Bool)
  /// Box is out of reach for too long; what failed last.
  case unreachable(String)
  /// The address of `--metrics` cannot be listened on, and why.
  case cannotListen(host: String, port: Int, reason: String)
  /// The state was made with a simulated account and is to be used with Box, or the other way round.
  case otherAccount(isSimulated: Bool)
  /// Writes that wait are meant for another folder.
  case outputDiffers(waiting: Int, meant: String, given: String)

  public var description: String {
    switch self {
    case .rulesDoNotLoad(true): "no rule file loads"
    case .rulesDoNotLoad(false): "a rule file does not load, and all must"
    case .cannotListen(let host, let port, let reason):
      "metrics cannot be served on \(host.contains(":") ? "[\(host)]" : host):\(port): \(reason)"
    case .unreachable(let reason): "Box cannot be reached: \(reason)"
    case .otherAccount(true):
      "the state directory is a real account's; a simulated one's positions would take their place"
    case .otherAccount(false):
      "the state directory is a simulated account's: its positions and what rules remember mean nothing to Box"
    case .outputDiffers(let waiting, let meant, let given):
      "the state directory keeps \(Count.text(waiting, "write")) for \(meant), and the output is \(given) now"
    }
  }
}
