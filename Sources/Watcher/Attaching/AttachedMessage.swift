import RuleEngine

/// What the watcher tells an attached prompt: a line of JSON with one member.
public struct AttachedMessage: Codable, Sendable {
  /// The prompt is attached: the first message.
  public var attached: Attachment?
  /// Why it is not: the first message, and the last.
  public var error: String?
  public var answer: AttachedAnswer?
  /// What a chunk printed.
  public var printed: String?
  /// What a chunk, or a rule that is explained, logged.
  public var logged: String?
  /// Texts of events that came.
  public var events: [String]?
  /// Events that came and were left out, since the prompt takes them too slowly.
  public var missed: Int?

  /// To what a prompt is attached.
  public struct Attachment: Codable, Sendable {
    public var version: String
    public var process: Int32
    /// The rule file whose state is read, and its namespace.
    public var path: String?
    public var namespace: String
    public var streams: [String]
    public var allowsWrite: Bool
  }
}

/// What came of a request.
public struct AttachedAnswer: Codable, Sendable {
  public var id: Int
  public var report: ChunkReport?
  public var completeness: Completeness?
  public var globals: [String]?
  public var fields: [String]?
  /// What is registered, a line each.
  public var rules: [String]?
  /// Texts of events.
  public var events: [String]?
  public var explanation: Explanation?
  /// Something to say beside it.
  public var remark: String?
  /// Why there is no answer.
  public var failure: String?

  init(_ id: Int) { self.id = id }

  /// Whether a text is a chunk; `wrong` where it can be none.
  public struct Completeness: Codable, Sendable {
    public var isComplete: Bool
    public var wrong: ChunkReport.Failure?
  }

  /// An event, and what the handlers make of it.
  public struct Explanation: Codable, Sendable {
    public var event: String
    public var handlers: [EventExplanation]
    /// Of rule files that could not be asked.
    public var problems: [String]
  }
}
