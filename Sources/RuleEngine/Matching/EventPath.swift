import BoxClient
import LuaHost

/// A path into an event as rules write it: Box's own names, and the portable ones of LUA_API.md ("The event").
struct EventPath: Sendable {
  private enum Root: Sendable {
    case field(FieldPath)
    case item(ItemPath)
    case kind
    case stream
    /// Nothing is there.
    case nothing
  }

  private let root: Root
  let isIdentifier: Bool
  /// As the rule writes it.
  let text: String

  init?(_ text: String) {
    self.text = text
    guard let path = FieldPath(text), let first = path.steps.first, let last = path.steps.last else { return nil }
    isIdentifier = last == "id" || last.hasSuffix("_id")
    let rest = path.steps.dropFirst()
    func below(_ steps: [String]) -> FieldPath? { FieldPath((steps + rest).joined(separator: ".")) }
    switch first {
    case "kind" where rest.isEmpty: root = .kind
    case "stream" where rest.isEmpty: root = .stream
    case "actor": root = below(["created_by"]).map { .field($0) } ?? .nothing
    case "details": root = below(["additional_details"]).map { .field($0) } ?? .nothing
    case "item": root = ItemPath(rest).map { .item($0) } ?? .nothing
    default: root = .field(path)
    }
  }

  /// The value's text; nil where there is none, null included.
  func value(in event: Event) -> JSONText? {
    switch root {
    case .field(let path):
      guard let value = event.value(at: path), value.kind != .null else { return nil }
      return value
    case .item(let path): return path.value(in: event)
    case .kind, .stream, .nothing: return nil
    }
  }

  /// Text that stands for no part of the page: the event's kind, its stream, a type that only the form tells.
  func computed(_ event: Event, stream: String) -> String? {
    switch root {
    case .field, .nothing: nil
    case .item(let path): path.impliedType(of: event)
    case .kind: EventTypeNames.kind(of: event.eventType)
    case .stream: stream
    }
  }

  /// The value as a key of thresholds and deduplication; nil where there is none.
  func key(in event: Event, stream: String) -> String? {
    computed(event, stream: stream) ?? value(in: event).map { $0.string ?? $0.text }
  }

  /// The value as a predicate gets it.
  func argument(in event: Event, stream: String) -> LuaValue? {
    if let text = computed(event, stream: stream) { return .text(text) }
    guard let value = value(in: event) else { return nil }
    if isIdentifier, let text = value.identifier { return .text(text) }
    return .json(value.withUnsafeBytes { LuaString($0) })
  }
}
