/// A kind of event stream, as GET and OPTIONS /2.0/events name it in `stream_type` (PROTOCOL.md §3).
public enum StreamType: String, Sendable, Hashable, CaseIterable {
  /// Everything that a user is told about. The default.
  case all
  /// What changes a user's tree of files, collaborations included.
  case changes
  /// As `changes`, in synced folders only.
  case sync
  /// The enterprise's history, up to a year of it.
  case adminLogs = "admin_logs"
  /// The enterprise's recent events, near real time.
  case adminLogsStreaming = "admin_logs_streaming"

  /// Whether the stream belongs to an enterprise and not to a user: no long poll, filters by type.
  public var isEnterprise: Bool {
    switch self {
    case .all, .changes, .sync: false
    case .adminLogs, .adminLogsStreaming: true
    }
  }
}
