import BoxClient

/// An alert as it leaves the program: in `alerts.jsonl`, on standard output of `replay`, in webhooks
/// (LUA_API.md, "Thresholds and deduplication").
public struct AlertRecord: Sendable, Equatable {
  public enum Kind: String, Sendable {
    case alert
    /// How many repeats were held back while a deduplication period lasted.
    case summary
  }

  /// In ascending order.
  public enum Severity: String, Sendable, CaseIterable {
    case info, low, medium, high, critical
  }

  /// The same for every attempt to deliver it: receivers recognise repeats by it.
  public var id: String
  /// RFC 3339.
  public var time: String
  public var kind: Kind
  public var severity: Severity?
  public var title: String
  public var body: String
  /// The rule's id, or the namespace of the file that raised it.
  public var rule: String
  public var stream: String
  public var eventID: String
  public var eventType: String
  public var dedupKey: String
  /// What the rule added: JSON text, put into the record as it is; empty where it added nothing.
  public var context: String

  public var notes = Notes()

  /// What the rule that raised it says beside.
  public struct Notes: Sendable, Equatable {
    public var tags: [String] = []
    /// What to do about it, or where that stands.
    public var runbook = ""
  }

  public init(
    id: String, time: String, kind: Kind = .alert, severity: Severity? = nil, title: String, body: String = "",
    rule: String, stream: String = "", eventID: String = "", eventType: String = "", dedupKey: String = "",
    context: String = ""
  ) {
    self.id = id
    self.time = time
    self.kind = kind
    self.severity = severity
    self.title = title
    self.body = body
    self.rule = rule
    self.stream = stream
    self.eventID = eventID
    self.eventType = eventType
    self.dedupKey = dedupKey
    self.context = context
  }

  /// The record as a JSON object on one line, without a line break. What is empty is left out.
  public var jsonLine: String {
    let texts = [
      ("id", id), ("time", time), ("kind", kind.rawValue), ("severity", severity?.rawValue ?? ""), ("title", title),
      ("body", body), ("rule", rule), ("stream", stream), ("event_id", eventID), ("event_type", eventType),
      ("dedup_key", dedupKey),
    ]
    var members = texts.filter { !$0.1.isEmpty }.map { "\"\($0)\":\(JSONString.quote($1))" }
    if !context.isEmpty { members.append("\"context\":\(Self.onOneLine(context))") }
    if !notes.tags.isEmpty { members.append("\"tags\":[\(notes.tags.map(JSONString.quote).joined(separator: ","))]") }
    if !notes.runbook.isEmpty { members.append("\"runbook\":\(JSONString.quote(notes.runbook))") }
    return "{" + members.joined(separator: ",") + "}"
  }

  /// Severity, title and body, on one line: `high "Many downloads": "20 in 5 minutes"`.
  var headline: String {
    let texts = [title, body].filter { !$0.isEmpty }.map { JSONString.quote($0) }
    return [severity?.rawValue, texts.joined(separator: ": ")].compactMap(\.self).joined(separator: " ")
  }

  /// Inside strings JSON has no line breaks, so those that are there stand between tokens.
  private static func onOneLine(_ json: String) -> String {
    let isBreak = { (byte: UInt8) in byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }
    guard json.utf8.contains(where: isBreak) else { return json }
    return String(decoding: json.utf8.map { isBreak($0) ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
  }
}
