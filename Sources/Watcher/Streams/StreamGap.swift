import BoxClient
import Ledger

/// A span of a stream's time whose events may be missing.
struct StreamGap: Sendable {
  let from: Timestamp
  let to: Timestamp
  let reason: String

  /// How long Box surely keeps a stream's events (PROTOCOL.md, section 3 "Streams", with its footnote on user streams).
  static func retention(of type: StreamType) -> Duration {
    type == .adminLogs ? .seconds(365 * 86_400) : .seconds(14 * 86_400)
  }

  /// What a stream has missed that was followed until `last` and is followed again now: nil where Box still keeps all
  /// of it.
  static func since(_ last: Timestamp, on type: StreamType, now: Timestamp) -> StreamGap? {
    let oldestKept = now - retention(of: type)
    guard last < oldestKept else { return nil }
    return StreamGap(from: last, to: oldestKept, reason: "nothing watched for longer than Box keeps events of \(type)")
  }

  func stored(for stream: String) -> NewGap {
    NewGap(
      stream: stream, noticed: WallClock.now.milliseconds, from: from.description, to: to.description, reason: reason)
  }
}
