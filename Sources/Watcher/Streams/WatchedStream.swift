import BoxClient

/// One stream that a watcher follows.
public struct WatchedStream: Sendable {
  /// As rules see it in `event.stream`, and as the ledger knows it.
  public var name: String
  public var streamType: StreamType
  public var client: BoxClient
  /// Where the very first start begins.
  public var from: Start
  /// The names of the rule sets that get its events; nil for all.
  public var ruleSets: Set<String>?
  /// The feed whose ids it shares: both enterprise streams of an account have the same ids. Its own where it is empty.
  public var feed = ""
  /// Between two looks at an enterprise stream; nil to adapt.
  public var pollInterval: Duration?

  public init(name: String, streamType: StreamType, client: BoxClient, from: Start = .position(.now)) {
    self.name = name
    self.streamType = streamType
    self.client = client
    self.from = from
  }

  public enum Start: Sendable, Hashable {
    case position(StreamPosition)
    /// On `admin_logs` only.
    case time(Timestamp)
  }

  var feedName: String { feed.isEmpty ? name : feed }
}
