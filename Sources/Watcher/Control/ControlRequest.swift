/// What a running watcher is asked over its socket: a line of JSON, such as `{"command":"retry","ids":[12,13]}`.
public struct ControlRequest: Codable, Sendable, Hashable {
  public enum Command: String, Codable, Sendable {
    /// What the watcher is doing.
    case status
    /// Parked events go back into their rules' backlogs, parked deliveries into the outbox.
    case retry
    /// Parked events and deliveries are let go for good.
    case drop
  }

  public var command: Command
  /// Of what is parked; ``mostIDs`` at most.
  public var ids: [Int64]?

  public init(_ command: Command, ids: [Int64]? = nil) {
    self.command = command
    self.ids = ids
  }

  /// So many texts of events are in memory at once, no more.
  public static let mostIDs = 100
  /// Bytes of a request.
  static let longest = 16 << 10
}
