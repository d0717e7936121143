#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// An alert as a sink sees it: the record of LUA_API.md, "Thresholds and deduplication". What is empty may be missing.
public struct Alert: Sendable, Hashable {
  public let id: String
  /// RFC 3339.
  public let time: String
  /// `alert` or `summary`.
  public let kind: String
  public let severity: Severity
  public let title: String
  public let body: String
  public let rule: String
  public let stream: String
  public let eventID: String
  public let eventType: String
  public let deduplicationKey: String
  /// What the rule gave, by name, sorted.
  public let context: [Fact]
  public let tags: [String]
  /// What to do about it, or where that stands.
  public let runbook: String
  /// The record as it was written.
  public let json: [UInt8]

  public enum Severity: String, Sendable, Hashable, Decodable {
    case info, low, medium, high, critical
  }

  public struct Fact: Sendable, Hashable {
    public let name: String
    public let value: String
  }

  /// Reads a record.
  /// - Throws: for text that is none.
  public init(json: [UInt8]) throws(DamagedPayload) {
    let record: Record
    do {
      record = try JSONDecoder().decode(Record.self, from: Data(json))
    } catch {
      throw DamagedPayload("a stored alert cannot be read: \(error)")
    }
    self.json = json
    id = record.id
    time = record.time ?? ""
    kind = record.kind ?? "alert"
    severity = record.severity ?? .info
    title = record.title
    body = record.body ?? ""
    rule = record.rule ?? ""
    stream = record.stream ?? ""
    eventID = record.eventID ?? ""
    eventType = record.eventType ?? ""
    deduplicationKey = record.deduplicationKey ?? ""
    context = Self.facts(record.context ?? .null)
    tags = record.tags ?? []
    runbook = record.runbook ?? ""
  }

  private static func facts(_ context: JSONValue) -> [Fact] {
    switch context {
    case .null: []
    case .object(let members):
      members.sorted { $0.key < $1.key }.map { Fact(name: $0.key, value: $0.value.shown) }
    default: [Fact(name: "context", value: context.shown)]
    }
  }

  private struct Record: Decodable {
    let id: String
    let time: String?
    let kind: String?
    let severity: Severity?
    let title: String
    let body: String?
    let rule: String?
    let stream: String?
    let eventID: String?
    let eventType: String?
    let deduplicationKey: String?
    let context: JSONValue?
    let tags: [String]?
    let runbook: String?

    enum CodingKeys: String, CodingKey {
      case id, time, kind, severity, title, body, rule, stream, context, tags, runbook
      case eventID = "event_id"
      case eventType = "event_type"
      case deduplicationKey = "dedup_key"
    }
  }
}

extension Alert {
  /// Where it comes from, then the rule's own facts: what every form shows under the text.
  var facts: [Fact] {
    let origin = [
      ("Runbook", runbook), ("Rule", rule), ("Tags", tags.joined(separator: ", ")), ("Stream", stream),
      ("Event", eventType), ("Event id", eventID), ("Time", time),
    ]
    return origin.filter { !$0.1.isEmpty }.map { Fact(name: $0.0, value: $0.1) } + context
  }

  /// `HIGH: title`.
  var headline: String { "\(severity.rawValue.uppercased()): \(title)" }
}

extension String {
  /// The text, cut to so many Unicode scalars, with an ellipsis where something is missing.
  func cut(to limit: Int) -> String {
    guard unicodeScalars.count > limit else { return self }
    return String(String.UnicodeScalarView(unicodeScalars.prefix(limit - 1))) + "…"
  }
}
