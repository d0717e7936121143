import BoxClient
import Ledger

/// A span of a stream's time whose events may be missing.
struct StreamGap: Sendable {
  let from: Timestamp
  let to: Timestamp
  let reason: String

  /// How late `admin_logs` shows an event, twice over (PROTOCOL.md, section 3 "Streams").
  static let lateness: Duration = .seconds(120)
  /// What is too short to be told, so that a restart soon after a gap was noticed finds no second one. Box promises to
  /// keep events for "two weeks", not to the minute.
  private static let shortest: Duration = .seconds(3600)

  /// How long Box surely keeps a stream's events (PROTOCOL.md, section 3 "Streams", with its footnote on user streams).
  static func retention(of type: StreamType) -> Duration {
    type == .adminLogs ? .seconds(365 * 86_400) : .seconds(14 * 86_400)
  }

  /// What a stream has missed that was followed until `last` and is followed again now: nil where Box still keeps all
  /// of it.
  static func since(_ last: Timestamp, on type: StreamType, now: Timestamp) -> StreamGap? {
    let oldestKept = now - retention(of: type)
    guard last + shortest < oldestKept else { return nil }
    return StreamGap(from: last, to: oldestKept, reason: "nothing watched for longer than Box keeps events of \(type)")
  }

  /// The time, or that until which Box surely keeps a stream's events where it lies before.
  static func bounded(_ time: Timestamp, on type: StreamType, now: Timestamp) -> Timestamp {
    max(min(time, now), now - retention(of: type))
  }

  /// What a stream has missed that was followed until `last` and moved to now.
  ///
  /// - Parameter now: what Box's clock showed, in whole seconds.
  static func moved(from last: Timestamp, to now: Timestamp) -> StreamGap {
    // What was about to be shown then; and whatever happened until the answer was read.
    StreamGap(from: min(last, now) - lateness, to: now + .seconds(2), reason: "the position was moved to now")
  }

  func stored(for stream: String) -> NewGap {
    NewGap(
      stream: stream, noticed: WallClock.now.milliseconds, from: from.description, to: to.description, reason: reason)
  }
}

extension StreamGap {
  /// A gap of the ledger; nil where it does not go from a time to a time.
  init?(_ gap: NewGap) {
    guard let from = gap.from.flatMap({ Timestamp($0) }), let to = gap.to.flatMap({ Timestamp($0) }) else { return nil }
    self.init(from: from, to: to, reason: gap.reason)
  }

  /// The part of it that `admin_logs` still has; nil where that is nothing.
  func kept(at now: Timestamp) -> StreamGap? {
    let oldest = now - Self.retention(of: .adminLogs)
    return to > oldest ? StreamGap(from: max(from, oldest), to: to, reason: reason) : nil
  }
}
