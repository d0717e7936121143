/// What a running watcher answers: a line of JSON with one member, `status`, `parked` or `error`.
public enum ControlAnswer: Codable, Sendable, Equatable {
  case status(StatusReport)
  case parked(ParkedOutcome)
  /// Why the request was not carried out.
  case error(String)

  /// Bytes of an answer that a client takes.
  static let longest = 64 << 20

  private enum CodingKeys: String, CodingKey { case status, parked, error }

  public init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    if let report = try members.decodeIfPresent(StatusReport.self, forKey: .status) {
      self = .status(report)
    } else if let outcome = try members.decodeIfPresent(ParkedOutcome.self, forKey: .parked) {
      self = .parked(outcome)
    } else {
      self = .error(try members.decode(String.self, forKey: .error))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .status(let report): try members.encode(report, forKey: .status)
    case .parked(let outcome): try members.encode(outcome, forKey: .parked)
    case .error(let reason): try members.encode(reason, forKey: .error)
    }
  }
}

/// What became of parked events and deliveries that a person named.
public struct ParkedOutcome: Codable, Sendable, Hashable {
  public var events = 0
  public var deliveries = 0
  /// Ids that are not parked, or not any more.
  public var unknown: [Int64] = []
  /// Rule files that are not loaded and sinks that are not configured: what is theirs stays parked.
  public var missing: [String] = []
  /// Events that are no JSON objects, which no handler could take: they stay parked. Nil where there are none.
  public var malformed: [Int64]?

  public init() {}

  public static func += (outcome: inout ParkedOutcome, other: ParkedOutcome) {
    outcome.events += other.events
    outcome.deliveries += other.deliveries
    outcome.unknown += other.unknown
    if let more = other.malformed { outcome.malformed = (outcome.malformed ?? []) + more }
    outcome.missing += other.missing.filter { !outcome.missing.contains($0) }
  }
}
