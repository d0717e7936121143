/// Why a watcher cannot run.
public enum WatcherError: Error, Sendable, CustomStringConvertible {
  /// No rule file loads, or one does not and all must.
  case rulesDoNotLoad(all: Bool)
  /// Box is out of reach for too long; what failed last.
  case unreachable(String)

  public var description: String {
    switch self {
    case .rulesDoNotLoad(true): "no rule file loads"
    case .rulesDoNotLoad(false): "a rule file does not load, and all must"
    case .unreachable(let reason): "Box cannot be reached: \(reason)"
    }
  }
}
