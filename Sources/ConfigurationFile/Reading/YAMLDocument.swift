import Yams

/// The file as a tree of nodes that know their places.
enum YAMLDocument {
  /// More nodes are no configuration: aliases of aliases make billions out of a few lines.
  private static let mostNodes = 100_000

  /// Nil for a file that says nothing.
  static func compose(_ bytes: [UInt8], _ context: ReadingContext) throws(ConfigurationError) -> Node? {
    let text = try text(bytes, context)
    let root: Node?
    do {
      // The basic resolver leaves it to the reader what a scalar means; the other starts a regular expression engine.
      root = try Yams.compose(yaml: text, .basic, Constructor([:], [:], [:]), .utf8)
    } catch let error as YamlError {
      throw invalid(syntaxProblem(error, in: text, context))
    } catch {
      throw invalid(context.problem(nil, "is no YAML"))
    }
    if let root { try examine(root, context) }
    return root
  }

  private static func text(_ bytes: [UInt8], _ context: ReadingContext) throws(ConfigurationError) -> String {
    let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
    if let text = String(validating: content, as: UTF8.self) { return text }
    let lines = content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let index = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0
    throw invalid(
      context.problem(line: index + 1, column: 1, "this line is not valid UTF-8; save the file as UTF-8"))
  }

  /// Refuses what YAML can say and this file does not: tags, and more than a person writes.
  private static func examine(_ root: Node, _ context: ReadingContext) throws(ConfigurationError) {
    var open = [root]
    var count = 0
    while let node = open.popLast() {
      count += 1
      guard count <= mostNodes else {
        throw invalid(context.problem(nil, "has more than \(mostNodes) values, aliases counted each time"))
      }
      let tag: String
      switch node {
      case .scalar(let scalar): tag = scalar.tag.rawValue
      case .mapping(let mapping):
        tag = mapping.tag.rawValue
        for (key, value) in mapping { open += [value, key] }
      case .sequence(let sequence):
        tag = sequence.tag.rawValue
        open += sequence
      case .alias: tag = ""
      }
      if !plainTags.contains(tag) {
        context.fail(node.mark, "the tag \(Quoted.of(tag)) has no meaning here; leave it out")
      }
    }
  }

  private static let plainTags: Set<String> = Set(
    ["", "!"] + ["str", "map", "seq", "int", "bool", "float", "null"].map { "tag:yaml.org,2002:" + $0 })

  private static func invalid(_ problem: ConfigurationProblem) -> ConfigurationError {
    ConfigurationError(kind: .invalid, problems: [problem])
  }

  /// Without the snippet of the file that the library shows: a secret may stand there.
  private static func syntaxProblem(
    _ error: YamlError, in text: String, _ context: ReadingContext
  ) -> ConfigurationProblem {
    switch error {
    case .scanner(let inside, let problem, let mark, _), .parser(let inside, let problem, let mark, _),
      .composer(let inside, let problem, let mark, _):
      let place = inside.map { " \($0.text)" } ?? ""
      return context.problem(mark, "YAML:\(place) \(problem)" + advice(for: mark, in: text))
    case .reader(let problem, let offset, _, _):
      guard let offset else { return context.problem(nil, "YAML: \(problem)") }
      let before = text.prefix(offset)
      let lineStart = before.lastIndex(where: \.isNewline).map { before.index(after: $0) } ?? before.startIndex
      return context.problem(
        line: before.count(where: \.isNewline) + 1, column: before[lineStart...].unicodeScalars.count + 1,
        "YAML: \(problem)")
    case .duplicatedKeysInMapping(let keys, let place):
      let names = keys.map(Quoted.of).joined(separator: ", ")
      return context.problem(place.mark, "\(names) stands here and again in the same mapping; keep one")
    default:
      return context.problem(nil, "is no YAML")
    }
  }

  /// What is probably meant by a line that YAML does not understand.
  private static func advice(for mark: Mark, in text: String) -> String {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    // A mistake is often told at the beginning of the line after it.
    let near = lines.prefix(mark.line).suffix(2)
    if near.contains(where: { $0.utf8.contains(UInt8(ascii: "\t")) }) {
      return "; YAML indents with spaces, not with tabs"
    }
    return near.contains { $0.contains("${") && $0.contains("{ ") }
      ? #"; inside { } a "${NAME}" needs quotes"# : ""
  }
}
