import BoxClient

/// Which failures of a sink's deliveries are told: the first of each delivery, and the same trouble once a minute at
/// most. Times are milliseconds since 1970.
struct FailureNotices {
  private static let pause: Int64 = 60_000
  private static let most = 100

  private let sink: String
  /// When each trouble was told last.
  private var told: [String: Int64] = [:]

  init(sink: String) {
    self.sink = sink
  }

  /// The line to tell; nil where there is nothing new in it.
  mutating func notice(of retry: OutboxReport.Retry, _ item: OutboxItem, at now: Int64) -> String? {
    let place = item.payload.place.map { " (\($0))" } ?? ""
    let trouble = "\(place): \(retry.error)"
    if let last = told[trouble], retry.attempts > 1 || now - last < Self.pause { return nil }
    if told.count >= Self.most { told = [:] }
    told[trouble] = now
    let pause = Duration.milliseconds(max(0, retry.due - now)).roundedText
    let rule = item.rule.map { " [rule \($0)]" } ?? ""
    return "delivery \(retry.id) to \(sink)\(place) has failed: \(retry.error)\(rule); it is tried again in \(pause)"
  }
}
