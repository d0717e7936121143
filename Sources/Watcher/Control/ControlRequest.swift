/// What a running watcher is asked over its socket: a line of JSON, such as `{"command":"retry","ids":[12,13]}`.
public struct ControlRequest: Codable, Sendable, Hashable {
  public enum Command: String, Codable, Sendable {
    /// What the watcher is doing.
    case status
    /// Parked events go back into their rules' backlogs, parked deliveries into the outbox.
    case retry
    /// Parked events and deliveries are let go for good.
    case drop
    /// From here on the connection is a prompt's: an ``AttachedRequest`` a line, ``AttachedMessage``s a line.
    case attach
  }

  public var command: Command
  /// Of ``Command/attach``.
  public var prompt: Prompt?
  /// Of what is parked; ``mostIDs`` at most.
  public var ids: [Int64]?

  public init(_ command: Command, ids: [Int64]? = nil) {
    self.command = command
    self.ids = ids
  }

  /// What a prompt is attached to.
  public struct Prompt: Codable, Sendable, Hashable {
    /// The path or the namespace of the rule file whose state is read; nil for none.
    public var rules: String?
    /// Whether what a chunk changes is committed and carried out.
    public var allowWrite = false

    public init(rules: String? = nil, allowWrite: Bool = false) {
      self.rules = rules
      self.allowWrite = allowWrite
    }
  }

  /// So many texts of events are in memory at once, no more.
  public static let mostIDs = 100
  /// Bytes of a request.
  static let longest = 16 << 10
}
