import BoxClient

/// Where an event's item has a member. Box writes items in four forms (PROTOCOL.md, section 4), and `event.item` reads
/// them in the same order (CBoxLua, `push_item`): what a filter compares is what the handler sees.
struct ItemPath: Sendable {
  private enum Form {
    /// `item_id`, `item_name`, `item_type`: enterprise streams.
    case mini
    /// The item itself.
    case whole
    /// `file_id`, `file_name`; `folder_id`, `folder_name`.
    case file, folder
  }

  /// What `event.item` has.
  static let members = ["id", "name", "type", "parent"]

  private let mini: FieldPath?
  private let whole: FieldPath?
  private let file: FieldPath?
  private let folder: FieldPath?
  private let isType: Bool

  /// - Parameter steps: behind `item`.
  init?(_ steps: some Collection<String>) {
    guard let member = steps.first, Self.members.contains(member) else { return nil }
    let path = steps.joined(separator: ".")
    func below(_ prefix: String) -> FieldPath? { FieldPath("source." + (member == "parent" ? "" : prefix) + path) }
    (mini, whole, file, folder) = (below("item_"), below(""), below("file_"), below("folder_"))
    isType = path == "type"
  }

  func value(in event: Event) -> JSONText? {
    let path =
      switch Self.form(of: event) {
      case .mini: mini
      case .whole: whole
      case .file: file
      case .folder: folder
      case nil: nil as FieldPath?
      }
    guard let value = path.flatMap({ event.value(at: $0) }), value.kind != .null else { return nil }
    return value
  }

  /// The type that a form says without a field for it.
  func impliedType(of event: Event) -> String? {
    guard isType else { return nil }
    return switch Self.form(of: event) {
    case .file: "file"
    case .folder: "folder"
    case .mini, .whole, nil: nil
    }
  }

  private static func form(of event: Event) -> Form? {
    if hasAny(miniFields, event) { return .mini }
    if let type = event.value(at: typeField), type.kind != .null {
      if let type = type.string, ["file", "folder", "web_link"].contains(type) { return .whole }
    } else if hasAny(wholeFields, event) {
      return .whole
    }
    if hasAny(fileFields, event) { return .file }
    return hasAny(folderFields, event) ? .folder : nil
  }

  private static func hasAny(_ paths: [FieldPath], _ event: Event) -> Bool {
    paths.contains { path in event.value(at: path).map { $0.kind != .null } ?? false }
  }

  private static func fields(_ names: String...) -> [FieldPath] { names.compactMap { FieldPath("source." + $0) } }

  private static let typeField = FieldPath("source.type")!
  private static let miniFields = fields("item_id", "item_name", "item_type")
  private static let wholeFields = fields("id", "name")
  private static let fileFields = fields("file_id", "file_name")
  private static let folderFields = fields("folder_id", "folder_name")
}
