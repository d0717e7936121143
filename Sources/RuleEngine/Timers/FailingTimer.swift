import BoxClient

/// A timer whose last tick failed: nothing repeats a tick, so somebody has to look.
public struct FailingTimer: Sendable, Hashable {
  /// The timer's identity, as messages show it.
  public let timer: String
  /// Ticks in a row that failed.
  public let ticks: Int
  /// When the last of them began.
  public let last: Timestamp
  /// Its error, with the place.
  public let error: String
}
