import BoxClient
import Crypto

/// An alert as an event of PagerDuty's Events API v2.
public struct PagerDutyForm: AlertForm {
  public static let publicURL = "https://events.pagerduty.com/v2/enqueue"

  private let routingKey: Secret
  private let url: String

  /// - Parameter url: another place than PagerDuty's own, for tests and for its EU region.
  public init(routingKey: Secret, url: String = Self.publicURL) {
    self.routingKey = routingKey
    self.url = url
  }

  public func request(for alert: Alert, key: String, now: Int64) -> GuardedRequest {
    var payload: [String: JSONValue] = [
      "summary": .string(alert.title.isEmpty ? alert.rule : alert.title.cut(to: 1024)),
      "source": .string(alert.stream.isEmpty ? "boxwatch" : "boxwatch/\(alert.stream)"),
      "severity": Self.severity(alert.severity),
      "custom_details": .object(Self.details(alert)),
    ]
    if !alert.time.isEmpty { payload["timestamp"] = .string(alert.time) }
    if !alert.rule.isEmpty { payload["component"] = .string(alert.rule.cut(to: 255)) }
    if !alert.eventType.isEmpty { payload["class"] = .string(alert.eventType.cut(to: 255)) }
    let event: JSONValue = [
      "routing_key": .string(routingKey.revealed), "event_action": "trigger",
      "dedup_key": .string(Self.deduplicationKey(alert)), "payload": .object(payload),
    ]
    return .posting(Array(event.text.utf8), to: url, key: key)
  }

  /// Alerts of one rule and key are one incident. PagerDuty takes 255 characters.
  static func deduplicationKey(_ alert: Alert) -> String {
    let key = alert.deduplicationKey.isEmpty ? alert.id : alert.deduplicationKey
    let whole = alert.rule.isEmpty ? key : "\(alert.rule):\(key)"
    return whole.utf16.count <= 255 ? whole : "sha256:" + hexadecimal(SHA256.hash(data: Array(whole.utf8)))
  }

  private static func severity(_ severity: Alert.Severity) -> JSONValue {
    switch severity {
    case .critical: "critical"
    case .high: "error"
    case .medium: "warning"
    case .low, .info: "info"
    }
  }

  private static func details(_ alert: Alert) -> [String: JSONValue] {
    let facts = [Alert.Fact(name: "Body", value: alert.body)] + alert.facts
    let shown = facts.filter { !$0.value.isEmpty }.prefix(100).map { ($0.name.cut(to: 255), $0.value.cut(to: 2000)) }
    // A rule's own fact goes before ours of the same name.
    return Dictionary(shown.map { ($0.0, JSONValue.string($0.1)) }) { $1 }
  }
}
