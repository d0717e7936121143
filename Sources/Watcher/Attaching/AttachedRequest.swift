/// What an attached prompt asks of the watcher: a line of JSON, such as
/// `{"action":"run","chunk":{"form":"readable","line":1,"name":"prompt","text":"1 + 1"},"id":1}`.
public struct AttachedRequest: Codable, Sendable {
  public enum Action: String, Codable, Sendable {
    /// Runs a chunk.
    case run
    /// Whether a text is a chunk.
    case complete
    /// The globals, and the event fields that were seen.
    case names
    /// What the watcher's rule files registered.
    case rules
    /// The newest events.
    case events
    /// Events as they come, from now on, or, with `count` 0, no more.
    case tail
    /// What the watcher's rules make of an event.
    case explain
    /// Ends the request of that id, and those before it. Is not answered itself.
    case cancel
  }

  public struct Chunk: Codable, Sendable {
    public var text: String
    /// What messages call it, and the number of its first line.
    public var name: String
    public var line: Int
    public var form: String?
  }

  /// Counts up from 1; comes back with the answer.
  public var id: Int
  public var action: Action
  public var chunk: Chunk?
  /// The event's id.
  public var event: String?
  public var count: Int?

  init(_ action: Action, chunk: Chunk? = nil, event: String? = nil, count: Int? = nil) {
    id = 0
    self.action = action
    self.chunk = chunk
    self.event = event
    self.count = count
  }

  /// Bytes of a request: a chunk of 16 MiB, each of whose characters JSON may escape.
  static let longest = 40 << 20
}
