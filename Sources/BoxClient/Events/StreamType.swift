/// One of the event streams that Box offers (PROTOCOL.md, section 3 "Streams").
public enum StreamType: String, Sendable, CaseIterable {
  /// Everything that happens in the user's account.
  case all
  /// Changes of the user's file tree.
  case changes
  /// Changes of the user's synchronised folders.
  case sync
  /// The enterprise's events of a year, in order and without repetition, about a minute late.
  case adminLogs = "admin_logs"
  /// The enterprise's events of two weeks, near to real time; may repeat.
  case adminLogsStreaming = "admin_logs_streaming"

  /// Whether the stream tells of the whole enterprise. Such a stream has no real-time server and is polled.
  public var isEnterprise: Bool { self == .adminLogs || self == .adminLogsStreaming }
}
