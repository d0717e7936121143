import BoxClient
import Yams

/// A value of the file, with its way from the top, which messages name: `accounts.acme.auth`.
struct Field {
  let node: Node
  let path: String
  let context: ReadingContext

  func fail(_ message: String) { context.fail(node.mark, prefixed(message)) }
  func failMissing(_ message: String) { context.failMissing(node.mark, prefixed(message)) }
  func warn(_ message: String) { context.warn(node.mark, prefixed(message)) }

  func prefixed(_ message: String) -> String { path.isEmpty ? message : "\(path): \(message)" }

  func member(_ name: String, _ node: Node) -> Field {
    Field(node: node, path: path.isEmpty ? name : "\(path).\(name)", context: context)
  }

  /// Whether nothing stands behind the colon, or YAML's word for it.
  var isNull: Bool {
    guard case .scalar(let scalar) = node, scalar.style == .plain || scalar.style == .any else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
  }

  var isMapping: Bool { node.mapping != nil }
  var isList: Bool { node.sequence != nil }

  private var kind: String {
    if isNull { return "nothing" }
    switch node {
    case .mapping: return "a mapping"
    case .sequence: return "a list"
    default: return "text"
    }
  }

  func failKind(_ expected: String) { fail("expected \(expected), got \(kind)") }

  /// The text of a scalar with the environment's values in it; nil, and a problem, for anything else.
  func expansion(_ expected: String) -> Expansion? {
    guard case .scalar(let scalar) = node, !isNull else {
      failKind(expected)
      return nil
    }
    let expansion = Expansion(scalar.string, environment: context.environment)
    if expansion.isMalformed {
      fail(#""${" begins the name of an environment variable, as in "${NAME}"; write "$${" for a plain "${""#)
      return nil
    }
    for (name, isEmpty) in expansion.missing {
      let problem = isEmpty ? "is empty; give it a value" : "is not set; set it"
      failMissing(#"the environment variable \#(name) \#(problem), or write "$${" for a plain "${""#)
    }
    return expansion.missing.isEmpty ? expansion : nil
  }

  func value<Value>(_ form: Form<Value>) -> Value? {
    guard let expansion = expansion(form.expected) else { return nil }
    if let value = form.read(expansion.text) { return value }
    fail("expected \(form.expected), got \(shown(expansion, form.choices))")
    return nil
  }

  private func shown(_ expansion: Expansion, _ choices: [String]) -> String {
    let raw = node.scalar?.string ?? ""
    if expansion.usesEnvironment { return "what \(Quoted.of(raw)) stands for" }
    // A URL with a user name has a password beside it.
    if raw.contains("://") && raw.utf8.contains(UInt8(ascii: "@")) { return "a URL with a user name" }
    let meant = NearestName.nearest(to: raw, in: choices).map { "; did you mean \(Quoted.of($0))?" } ?? ""
    return Quoted.of(raw) + meant
  }

  /// The members of a list; nil, and a problem, where it is none.
  func items(_ what: String, mayBeEmpty: Bool = false) -> [Field]? {
    guard let sequence = node.sequence else {
      failKind("a list of \(what)")
      return nil
    }
    guard mayBeEmpty || !sequence.isEmpty else {
      fail("expected a list of \(what), got an empty one")
      return nil
    }
    return sequence.map { Field(node: $0, path: path, context: context) }
  }

  /// The values of a list in which nothing may stand twice.
  func distinctList<Value: Hashable>(_ form: Form<Value>, _ what: String, mayBeEmpty: Bool = false) -> [Value]? {
    guard let items = items(what, mayBeEmpty: mayBeEmpty) else { return nil }
    var seen: Set<Value> = []
    return items.compactMap { item in
      guard let value = item.value(form) else { return nil }
      if !seen.insert(value).inserted { item.fail("\(Quoted.of("\(value)")) stands twice in the list") }
      return value
    }
  }

  /// The path of a file or folder, from the current folder.
  func resolvedPath() -> String? { value(.path).map(context.resolved) }
}
