import BoxClient
import LuaHost

/// A path into an event as rules write it: Box's own names, and the portable ones of LUA_API.md ("The event").
struct EventPath: Sendable {
  private enum Root: Sendable {
    case field(FieldPath)
    case item(ItemPath)
    case kind
    case stream
    case replayed
    case attempt
    /// The folders' names.
    case folders
    case anonymous
    /// Below `additional_details`; nil for all of it.
    case details(FieldPath?)
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
    case "replayed" where rest.isEmpty: root = .replayed
    case "attempt" where rest.isEmpty: root = .attempt
    case "path" where rest.isEmpty: root = .folders
    case "actor" where Array(rest) == ["anonymous"]: root = .anonymous
    case "actor": root = below(["created_by"]).map { .field($0) } ?? .nothing
    case "details": root = .details(rest.isEmpty ? nil : FieldPath(rest.joined(separator: ".")))
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
    case .details(let path): return EventDetails.value(at: path, in: event)
    case .anonymous, .kind, .stream, .replayed, .attempt, .folders, .nothing: return nil
    }
  }

  /// A value that stands nowhere on the page.
  enum Computed {
    case text(String)
    case integer(Int)
    case boolean(Bool)

    /// As a key of thresholds and deduplication.
    var key: String {
      switch self {
      case .text(let text): text
      case .integer(let integer): "\(integer)"
      case .boolean(let boolean): "\(boolean)"
      }
    }

    var json: String {
      if case .text(let text) = self { JSONString.quote(text) } else { key }
    }

    fileprivate var argument: LuaValue {
      switch self {
      case .text(let text): .text(text)
      case .integer(let integer): .integer(Int64(integer))
      case .boolean(let boolean): .boolean(boolean)
      }
    }
  }

  /// What the host knows of the event or makes of its fields, as its kind; nil where ``value(in:)`` has to be asked.
  func computed(in inHand: EventInHand) -> Computed? {
    switch root {
    case .field, .details, .nothing: nil
    case .item(let path): path.impliedType(of: inHand.event).map { .text($0) }
    case .kind: .text(EventTypeNames.kind(of: inHand.event.eventType))
    case .stream: .text(inHand.stream)
    case .replayed: .boolean(inHand.view.isReplayed)
    case .attempt: .integer(inHand.attempt)
    case .folders: FolderNames.joined(of: inHand.event).map { .text($0) }
    case .anonymous: Self.isAnonymous(inHand.event) ? .boolean(true) : nil
    }
  }

  /// Whether Box's stand-in for nobody acted.
  private static func isAnonymous(_ event: Event) -> Bool { event.value(at: actorID)?.identifier == "2" }
  private static let actorID = FieldPath("created_by.id")!

  /// The value as a key of thresholds and deduplication; nil where there is none.
  func key(in inHand: EventInHand) -> String? {
    computed(in: inHand)?.key ?? value(in: inHand.event).map { $0.string ?? $0.text }
  }

  /// The value as a predicate gets it.
  func argument(in inHand: EventInHand) -> LuaValue? {
    if let computed = computed(in: inHand) { return computed.argument }
    guard let value = value(in: inHand.event) else { return nil }
    if isIdentifier, let text = value.identifier { return .text(text) }
    return .json(value.withUnsafeBytes { LuaString($0) })
  }
}
