import BoxClient

/// Where a feed begins.
public enum FeedStart: Sendable, Hashable {
  /// A position; `now` and `beginning` too. `now` on `admin_logs` becomes a time, which the first page names: store it.
  case position(StreamPosition)
  /// A time, on `admin_logs` only: no other stream can be asked for one (PROTOCOL.md, section 3 "Parameters").
  case time(Timestamp)
}
