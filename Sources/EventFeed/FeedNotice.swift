import BoxClient

/// What happens in a feed beside its pages, for logs and status.
public enum FeedNotice: Sendable {
  /// OPTIONS named a real-time server on this host.
  case server(Origin?)
  /// A poll of the real-time server, or the wait for the next interval, has begun at this position.
  case listening(StreamPosition?)
  /// The real-time server rang.
  case newChange(NewChange)
  /// Box counts more events in a page than it lists, and would not send another.
  case shortPage(ShortPage)
  /// The feed pauses; `error` is what failed, if something did.
  case waiting(Duration, WaitReason, error: String?)
}

/// A doorbell: something happened after this position.
public struct NewChange: Sendable {
  public let position: StreamPosition?
  public let receivedAt: Timestamp
}

/// A page that says of more events that they are in it than it lists.
public struct ShortPage: Sendable, CustomStringConvertible {
  public let listed: Int
  public let counted: Int

  public var description: String {
    "Box sent a page of \(Count.text(listed, "event")) and says in its chunk_size that there are \(counted);"
      + " it is taken as it is, since Box may count an event twice that it lists once"
  }
}
