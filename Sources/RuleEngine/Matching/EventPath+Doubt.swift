import BoxClient

extension EventPath {
  private static let knownFields = APIReference.fieldsOfBox + APIReference.fieldsOfRules
  /// What people write for what events call otherwise.
  private static let otherNames = ["user": "created_by", "file": "item", "folder": "item"]

  /// Why the path probably leads nowhere; nil where it may lead somewhere. Box adds fields as it likes (PROTOCOL.md,
  /// section 4): of an event's own fields those are doubted that nobody knows, below them only names that are close to
  /// a known one.
  var doubt: String? {
    guard let steps = FieldPath(text)?.steps, let first = steps.first else { return nil }
    switch first {
    case "item" where steps.count == 1:
      return "\"item\" as a whole cannot be compared: item.id, item.name, item.type and item.parent.id can"
    case "item" where !ItemPath.members.contains(steps[1]):
      return "\"\(text)\" is there in no event: item has id, name, type and parent"
    case "event" where steps.count > 1:
      return "events have no \"\(text)\"; paths begin in the event: \"\(Self.text(steps.dropFirst()))\""
    case "created_by", "action_by", "accessible_by":
      return Self.doubt(steps, at: 1, among: APIReference.fieldsOfUsers)
    case "actor":
      return Self.doubt(steps, at: 1, among: APIReference.fieldsOfUsers + ["anonymous"])
    case "source" where steps.count > 2 && steps[1] == "parent", "item" where steps.count > 2:
      return Self.doubt(steps, at: 2, among: APIReference.fieldsOfFolders)
    case "source":
      return Self.doubt(steps, at: 1, among: APIReference.fieldsOfSources)
    case _ where Self.knownFields.contains(first):
      return nil
    default:
      return Self.meant(steps) ?? Self.doubt(steps, at: 0, among: Self.knownFields)
        ?? "no field \"\(first)\" of events is known; Box sends \(APIReference.fieldsOfBox.sorted().joined(separator: ", "))"
    }
  }

  /// For a field that stands elsewhere.
  private static func meant(_ steps: [String]) -> String? {
    let first = steps[0]
    if let other = otherNames[first] { return unknown(steps, meant: [other] + steps.dropFirst()) }
    for (parent, fields) in [
      ("created_by", ["login"]), ("item", ["id", "name", "parent"]), ("source", APIReference.fieldsOfSources),
    ] where fields.contains(first) {
      return unknown(steps, meant: [parent] + steps)
    }
    return nil
  }

  private static func doubt(_ steps: [String], at place: Int, among known: [String]) -> String? {
    guard steps.count > place, !known.contains(steps[place]),
      let near = NearestName.nearest(to: steps[place], in: known)
    else { return nil }
    var meant = steps
    meant[place] = near
    return unknown(steps, meant: meant)
  }

  private static func unknown(_ steps: [String], meant: [String]) -> String {
    "events have no \"\(text(steps))\"; did you mean \"\(text(meant))\"?"
  }

  private static func text(_ steps: some Collection<String>) -> String { steps.joined(separator: ".") }
}
