import RuleEngine

/// What can be completed at the prompt, from what it knew when it was made.
struct Completer: Sendable {
  /// The globals, and what is in those that are tables, as `table.concat`.
  var globals: [String] = []
  /// Paths of event fields that were seen elsewhere, and those of events that came here.
  var fields: Set<String> = []
  var seen = SeenFields()

  /// The commands of the prompt.
  let commands: [String]

  init(isAttached: Bool = false) { commands = ReplHelp.names(isAttached: isAttached) }

  private static let keywords = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil",
    "not", "or", "repeat", "return", "then", "true", "until", "while",
  ]

  /// - Parameter line: what stands before the cursor.
  func complete(_ line: String) -> Completion {
    let word = String(line.reversed().prefix { $0.isLetter || $0.isNumber || "_.:".contains($0) }.reversed())
    if line.hasPrefix(".") { return completeCommand(line) }
    if let quoted = Self.openString(line) {
      let before = line.dropLast(quoted.count + 1)
      return Completion(of: quoted, among: Self.isPath(before) ? Array(paths) : EventNames.all)
    }
    if word == "box" || word.hasPrefix("box.") || word.hasPrefix("box:") {
      return Completion(of: word, among: ["box."] + APIReference.entries.map(\.name).filter { $0.hasPrefix("box.") })
    }
    if let separator = word.firstIndex(where: { $0 == "." || $0 == ":" }) {
      let known = globals.filter { $0.hasPrefix(word) }
      if !known.isEmpty { return Completion(of: word, among: known) }
      return completeField(word, behind: separator)
    }
    guard !word.isEmpty else { return Completion() }
    return Completion(of: word, among: globals.filter { !$0.contains(".") } + Self.keywords)
  }

  private var paths: Set<String> {
    Set(EventFields.known).union(seen.paths).union(fields).union(EventFields.itemPaths(of: seen.paths))
  }

  /// Whether a string that begins here is a path into an event: a key of `where`, what `event:get`, `by` or `dedup_key`
  /// take.
  private static func isPath(_ before: Substring) -> Bool {
    let text = before.filter { !$0.isWhitespace }
    return ["[", ":get(", "by=", "dedup_key="].contains { text.hasSuffix($0) }
  }

  /// Of any value that is not known otherwise it is taken that it may be an event.
  private func completeField(_ word: String, behind separator: String.Index) -> Completion {
    let owner = word[...separator]
    guard word[separator] == "." else { return Completion(of: word, among: EventFields.methods.map { owner + $0 }) }
    // One step at a time: what is inside a field comes when that field stands there.
    let steps = word[word.index(after: separator)...].split(separator: ".", omittingEmptySubsequences: false).count
    let names = paths.filter { $0.split(separator: ".").count == steps }
    return Completion(of: word, among: names.map { owner + $0 })
  }

  private func completeCommand(_ line: String) -> Completion {
    guard let space = line.firstIndex(of: " ") else { return Completion(of: line, among: commands) }
    let argument = String(line[line.index(after: space)...])
    switch line[..<space] {
    case ".help": return Completion(of: argument, among: APIReference.entries.map(\.name) + commands)
    case ".tail": return Completion(of: argument, among: EventNames.all)
    case ".json", ".pager", ".time": return Completion(of: argument, among: ["on", "off"])
    case ".load", ".replay": return Completion(of: argument, among: FileNames.beginning(with: argument))
    default: return Completion()
    }
  }

  /// What stands in a string that is open at the end of the line; nil outside of strings.
  static func openString(_ line: String) -> String? {
    var open: (quote: Character, text: String)?
    var isEscaped = false
    for character in line {
      guard let current = open else {
        if character == "\"" || character == "'" { open = (character, "") }
        continue
      }
      if isEscaped {
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if character == current.quote {
        open = nil
        continue
      }
      open?.text.append(character)
    }
    return open?.text
  }
}

/// Fields that events have on any stream, and what LUA_API adds.
enum EventFields {
  static let known = [
    "action_by", "actor", "actor.id", "actor.login", "actor.name", "additional_details", "attempt", "created_at",
    "created_by", "created_by.id", "created_by.login", "created_by.name", "details", "event_id", "event_type",
    "ip_address", "item", "item.id", "item.name", "item.parent", "item.type", "kind", "path", "recorded_at", "replayed",
    "session_id", "source", "source.id", "source.name", "source.parent", "source.type", "stream", "type",
  ]

  /// What was seen below `created_by` is below `actor` as well, and so on.
  static func itemPaths(of seen: [String]) -> [String] {
    let aliases = ["created_by.": "actor.", "additional_details.": "details.", "source.parent.": "item.parent."]
    return aliases.flatMap { own, alias in
      seen.filter { $0.hasPrefix(own) }.map { alias + $0.dropFirst(own.count) }
    }
  }

  static let methods = ["get(", "json(", "table("]
}
