import BoxClient

extension BoxwatchConfiguration {
  /// An event stream that is watched.
  public struct Stream: Sendable, Hashable {
    public var name: String
    /// Nil where none is named: the environment's account, else the file's only one.
    public var account: String?
    public var streamType = StreamType.all
    public var from = Start.position(.now)
    /// Names of rule sets; nil for all.
    public var rules: [String]?
    /// The users as whom Box is asked, one feed each. Empty: the account itself.
    public var asUsers: [String] = []

    public init(name: String) {
      self.name = name
    }
  }

  /// Where a stream's very first start begins.
  public enum Start: Sendable, Hashable {
    /// A position, `now` and `beginning` too.
    case position(StreamPosition)
    /// On `admin_logs` only.
    case time(Timestamp)
    /// So long before now (`-1h`); on `admin_logs` only.
    case ago(Duration)
  }

  /// Rule files that are loaded together.
  public struct RuleSet: Sendable, Hashable {
    /// `default` where the file names no sets.
    public var name: String
    /// Files and folders.
    public var paths: [String]

    public init(name: String, paths: [String]) {
      self.name = name
      self.paths = paths
    }
  }
}
