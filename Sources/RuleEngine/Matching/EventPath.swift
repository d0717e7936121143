import BoxClient
import LuaHost

/// A path into an event as rules write it: Box's own names, and the portable ones of LUA_API.md ("The event").
struct EventPath: Sendable {
  private enum Root: Sendable {
    case box
    case kind
    case stream
  }

  /// Tried in this order; the first that leads somewhere counts.
  private let candidates: [FieldPath]
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
    case "kind" where rest.isEmpty: (root, candidates) = (.kind, [])
    case "stream" where rest.isEmpty: (root, candidates) = (.stream, [])
    case "actor": (root, candidates) = (.box, [below(["created_by"])].compactMap { $0 })
    case "details": (root, candidates) = (.box, [below(["additional_details"])].compactMap { $0 })
    case "item":
      let names: [String]
      switch rest.first {
      case "id": names = ["source.id", "source.item_id", "source.file_id", "source.folder_id"]
      case "name": names = ["source.name", "source.item_name", "source.file_name", "source.folder_name"]
      case "type": names = ["source.type", "source.item_type"]
      case "parent": names = [(["source"] + rest).joined(separator: ".")]
      default: names = []
      }
      (root, candidates) = (.box, names.compactMap { FieldPath($0) })
    default: (root, candidates) = (.box, [path])
    }
  }

  /// The value's text; nil where there is none, null included.
  func value(in event: Event) -> JSONText? {
    for path in candidates {
      if let value = event.value(at: path), value.kind != .null { return value }
    }
    return nil
  }

  /// Text that stands for no part of the page: the event's kind, its stream.
  func computed(_ event: Event, stream: String) -> String? {
    switch root {
    case .box: nil
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
