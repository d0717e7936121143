extension BoxwatchConfiguration {
  /// What a commit outlives.
  public enum Durability: String, Sendable, CaseIterable {
    /// The process.
    case normal
    /// The machine's power: fsync at every commit.
    case full
  }

  public struct ListenAddress: Sendable, Hashable {
    /// A name or an address; an IPv6 address without brackets.
    public var host: String
    /// 0 for any free one.
    public var port: Int

    public init(host: String, port: Int) {
      self.host = host
      self.port = port
    }
  }

  public struct Log: Sendable, Hashable {
    public var level = LogLevel.info
    public var format = LogFormat.text

    public init() {}
  }

  public enum LogLevel: String, Sendable, CaseIterable {
    case trace, debug, info, notice, warning, error, critical
  }

  public enum LogFormat: String, Sendable, CaseIterable {
    case text, json
  }
}
