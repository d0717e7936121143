import RuleEngine

/// How a word that was begun may go on.
struct Completion: Sendable, Equatable {
  /// What is certain: goes behind what was typed.
  var insertion = ""
  /// All that it may become.
  var candidates: [String] = []

  /// - Parameter known: the words that there are.
  init(of word: String, among known: some Sequence<String>) {
    candidates = Set(known.filter { $0.hasPrefix(word) }).sorted()
    guard let first = candidates.first else { return }
    let common = candidates.dropFirst().reduce(first) { $0.commonPrefix(with: $1) }
    insertion = String(common.dropFirst(word.count))
  }

  init() {}

  /// The candidates in columns, for a screen of that width.
  func listing(columns: Int) -> String {
    let shown = candidates.prefix(120)
    let width = (shown.map(TerminalText.width).max() ?? 1) + 2
    let perLine = max(1, columns / width)
    var text = ""
    for (index, candidate) in shown.enumerated() {
      let isLast = index % perLine == perLine - 1 || index == shown.count - 1
      let padding = String(repeating: " ", count: width - TerminalText.width(candidate))
      text += TerminalText.escaped(candidate) + (isLast ? "\n" : padding)
    }
    if candidates.count > shown.count { text += "… \(candidates.count - shown.count) more\n" }
    return text
  }
}

extension String {
  fileprivate func commonPrefix(with other: String) -> String {
    String(zip(self, other).prefix { $0 == $1 }.map(\.0))
  }
}

/// What can be completed at the prompt, from what it knew when it was made.
struct Completer: Sendable {
  /// The globals, and what is in those that are tables, as `table.concat`.
  var globals: [String] = []

  static let commands = [
    ".events", ".help", ".json", ".load", ".quit", ".replay", ".rules", ".tail", ".time",
  ]

  private static let keywords = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil",
    "not", "or", "repeat", "return", "then", "true", "until", "while",
  ]

  /// - Parameter line: what stands before the cursor.
  func complete(_ line: String) -> Completion {
    let word = String(line.reversed().prefix { $0.isLetter || $0.isNumber || "_.:".contains($0) }.reversed())
    if line.hasPrefix(".") { return completeCommand(line) }
    if let quoted = Self.openString(line) { return Completion(of: quoted, among: EventNames.all) }
    if word == "box" || word.hasPrefix("box.") || word.hasPrefix("box:") {
      return Completion(of: word, among: ["box."] + APIReference.entries.map(\.name).filter { $0.hasPrefix("box.") })
    }
    if let separator = word.firstIndex(where: { $0 == "." || $0 == ":" }) {
      let known = globals.filter { $0.hasPrefix(word) }
      if !known.isEmpty { return Completion(of: word, among: known) }
      // Of any other value nothing is known but that it may be an event.
      let owner = word[...separator]
      let names = word[separator] == ":" ? EventFields.methods : EventFields.known
      return Completion(of: word, among: names.map { owner + $0 })
    }
    guard !word.isEmpty else { return Completion() }
    return Completion(of: word, among: globals.filter { !$0.contains(".") } + Self.keywords)
  }

  private func completeCommand(_ line: String) -> Completion {
    guard let space = line.firstIndex(of: " ") else { return Completion(of: line, among: Self.commands) }
    let argument = String(line[line.index(after: space)...])
    switch line[..<space] {
    case ".help": return Completion(of: argument, among: APIReference.entries.map(\.name))
    case ".tail": return Completion(of: argument, among: EventNames.all)
    case ".json", ".time": return Completion(of: argument, among: ["on", "off"])
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
    "action_by", "actor", "additional_details", "attempt", "created_at", "created_by", "created_by.id",
    "created_by.login", "created_by.name", "details", "event_id", "event_type", "ip_address", "item", "item.id",
    "item.name", "item.type", "kind", "path", "recorded_at", "replayed", "session_id", "source", "source.id",
    "source.name", "source.parent", "source.type", "stream", "type",
  ]
  static let methods = ["get(", "json(", "table("]
}
