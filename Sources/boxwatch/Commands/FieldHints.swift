import BoxClient
import RuleEngine

/// Finds names of `--fields` that no event has, and what may be meant. Box adds fields as it likes, so that these are
/// warnings, and only where a name is near or nothing of it was seen.
struct FieldHints {
  private let chosen: [FieldPath]
  /// Those that no printed event had so far.
  private var unseen: [FieldPath]
  private var seen = SeenFields()
  private var printed = 0
  /// So many events are looked through for names.
  private static let most = 500

  init(_ chosen: [FieldPath]) {
    self.chosen = chosen
    unseen = chosen.filter { Self.doubt($0) == nil }
  }

  /// What can be said before there is an event.
  var beforehand: [String] { chosen.compactMap(Self.doubt) }

  private static func doubt(_ field: FieldPath) -> String? {
    let known = APIReference.fieldsOfBox
    guard let first = field.steps.first, !known.contains(first) else { return nil }
    if APIReference.fieldsOfRules.contains(first) {
      return "\"\(field)\" is there in rules only; here fields are Box's own, such as created_by.login or source.name"
    }
    guard let near = NearestName.nearest(to: first, in: known) else { return nil }
    let meant = ([near] + field.steps.dropFirst()).joined(separator: ".")
    return "\"\(field)\" is no field of Box's events; did you mean \"\(meant)\"?"
  }

  /// Takes an event that was printed.
  mutating func note(_ event: Event) {
    guard !unseen.isEmpty else { return }
    printed += 1
    unseen.removeAll { event.value(at: $0) != nil }
    if printed <= Self.most { event.withUnsafeText { seen.add(Array($0)) } }
  }

  /// What can be said when all is printed.
  var afterwards: [String] {
    guard printed > 0 else { return [] }
    let paths = Set(seen.paths)
    return unseen.compactMap { field in
      if let near = Self.nearest(to: field, in: paths) {
        return "no event that was printed has \"\(field)\"; did you mean \"\(near)\"?"
      }
      // A field that Box documents may have parts that few events have.
      let isKnown = field.steps.first.map(APIReference.fieldsOfBox.contains) ?? false
      return isKnown ? nil : "no event that was printed has \"\(field)\""
    }
  }

  /// The path with the first step that no event has replaced by the nearest one beside it.
  private static func nearest(to field: FieldPath, in paths: Set<String>) -> String? {
    func path(_ steps: some Collection<String>) -> String { steps.joined(separator: ".") }
    guard let place = field.steps.indices.first(where: { !paths.contains(path(field.steps[...$0])) }) else {
      return nil
    }
    let beside = paths.compactMap { FieldPath($0)?.steps }
      .filter { $0.count == place + 1 && $0[..<place] == field.steps[..<place] }
    return NearestName.nearest(to: field.steps[place], in: beside.map { $0[place] }.sorted()).map {
      path(field.steps[..<place] + [$0] + field.steps[(place + 1)...])
    }
  }
}
