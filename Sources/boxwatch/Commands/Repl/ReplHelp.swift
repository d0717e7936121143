import RuleEngine

/// What `.help` says of the prompt itself.
enum ReplHelp {
  /// What an attached prompt refuses: the handlers are the watcher's.
  private static let notAttached: Set<String> = [".replay"]

  private static let commands: [(name: String, argument: String, meaning: String)] = [
    (".help", "NAME", "what box.on, box.events and the others do, each with an example"),
    (".events", "[N]", "the newest events"),
    (".tail", "[TYPE]", "events as they come, until Ctrl-C"),
    (".explain", "ID", "which handlers an event matches, why not, what they would do"),
    (".load", "FILE", "run a file here, as if it was typed"),
    (".rules", "", "what is registered"),
    (".replay", "FILE", "the handlers over recorded events"),
    (".all", "", "the whole of a table that was folded"),
    (".json", "on|off", "values as JSON"),
    (".pager", "on|off", "long results a screen at a time"),
    (".time", "on|off", "how long each chunk takes"),
    (".quit", "", "end (or Ctrl-D)"),
  ]

  /// The commands of a prompt of its own, or of one that is attached to a watcher.
  static func names(isAttached: Bool) -> [String] { commands(isAttached: isAttached).map(\.name).sorted() }

  /// The line on a command; nil where there is none of that name.
  static func command(_ name: String, isAttached: Bool) -> String? {
    commands(isAttached: isAttached).first { $0.name == name || $0.name == "." + name }.map(line)
  }

  private static func commands(isAttached: Bool) -> [(name: String, argument: String, meaning: String)] {
    isAttached ? commands.filter { !notAttached.contains($0.name) } : commands
  }

  private static func line(_ name: String, _ argument: String, _ meaning: String) -> String {
    let form = argument.isEmpty ? name : "\(name) \(argument)"
    return form + String(repeating: " ", count: max(1, 16 - form.count)) + meaning
  }

  static func overview(isAttached: Bool, columns: Int) -> String {
    var text = commands(isAttached: isAttached).map { line($0.name, $0.argument, $0.meaning) + "\n" }.joined()
    text += "Anything else is Lua. An expression's value is printed, and `_` is the last one.\n"
    text += "Tab completes. Ctrl-C ends what runs.\n\n"
    for section in APIReference.sections where !(isAttached && section.registers) {
      text += wrapped("\(section.title):", section.entries.map(\.name), columns: columns)
    }
    return text
  }

  /// The words behind a title, on as many lines as they need.
  private static func wrapped(_ title: String, _ words: [String], columns: Int) -> String {
    var lines = [title]
    for word in words {
      if lines[lines.count - 1].count + 1 + word.count >= columns { lines.append(" ") }
      lines[lines.count - 1] += " " + word
    }
    return lines.map { $0 + "\n" }.joined()
  }
}
