/// Where a client stands in a stream, as the simulator counts it: the arrival key of the last event it was given.
///
/// Keys are microseconds since 1970 that only ever grow, so a position that was stored during an earlier run of the
/// simulator is still a place in time in the next one. On the wire each family of streams shows a key in the magnitude
/// and the JSON type that were observed with Box (PROTOCOL.md §3, "Observed positions"): user streams a number above
/// 2^53, `admin_logs` a decimal string from 2^60 up, `admin_logs_streaming` a number near 5.6e14.
enum StreamPosition: Equatable {
  /// `now`: after everything that is there.
  case latest
  /// After the event with this key; 0 is before everything that is kept.
  case after(Int64)

  private static let userFactor: Int64 = 18
  private static let adminLogsBase: Int64 = 1 << 60
  private static let streamingOffset: Int64 = 1_200_000_000_000_000

  /// Reads a `stream_position` parameter: absent, `0` and `null` are the beginning, `now` is the end, any other
  /// non-negative integer a position, however large. Nil where Box answers 400 "Invalid stream position".
  init?(parameter: String?, of type: StreamType) {
    guard let parameter, parameter != "null" else {
      self = .after(0)
      return
    }
    if parameter == "now" {
      self = .latest
      return
    }
    guard !parameter.isEmpty, parameter.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    // More digits than 64 bits hold are beyond every key.
    self = .after(Self.key(of: Int64(parameter) ?? .max, in: type))
  }

  /// The key that a value on the wire stands for. Values that no event has are places between events.
  private static func key(of value: Int64, in type: StreamType) -> Int64 {
    guard value > 0 else { return 0 }
    switch type {
    case .all, .changes, .sync: return value / userFactor
    case .adminLogs: return max(0, value - adminLogsBase)
    case .adminLogsStreaming: return value > .max - streamingOffset ? .max : value + streamingOffset
    }
  }

  /// The JSON text of a key as `next_stream_position`.
  static func text(of key: Int64, in type: StreamType) -> String {
    switch type {
    case .all, .changes, .sync: String(key * userFactor)
    case .adminLogs: "\"\(adminLogsBase + key)\""
    case .adminLogsStreaming: String(max(0, key - streamingOffset))
    }
  }

  /// The JSON text of position 0, which an empty `admin_logs` page shows (PROTOCOL.md §3, "End of data").
  static func zeroText(in type: StreamType) -> String {
    type == .adminLogs ? "\"0\"" : "0"
  }
}
