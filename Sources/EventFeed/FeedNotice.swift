import BoxClient

/// What happens in a feed beside its pages, for logs and status.
public enum FeedNotice: Sendable {
  /// OPTIONS named a real-time server on this host.
  case server(Origin?)
  /// A poll of the real-time server, or the wait for the next interval, has begun at this position.
  case listening(StreamPosition?)
  /// The real-time server rang.
  case newChange(NewChange)
  /// The feed pauses; `error` is what failed, if something did.
  case waiting(Duration, WaitReason, error: String?)
}

/// A doorbell: something happened after this position.
public struct NewChange: Sendable {
  public let position: StreamPosition?
  public let receivedAt: Timestamp
}
