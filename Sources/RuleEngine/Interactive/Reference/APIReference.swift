/// The one description of the `box` module for people: `.help` shows it, completion knows its names, and the reference
/// and the annotations for editors are made of it.
public enum APIReference {
  /// Entries that belong together.
  public struct Section: Sendable {
    public let title: String
    public let entries: [Entry]
    /// Whether these register something, which a prompt that is attached to a watcher cannot.
    public let registers: Bool

    init(title: String, entries: [Entry], registers: Bool = false) {
      self.title = title
      self.entries = entries
      self.registers = registers
    }
  }

  public static let sections = [
    Section(title: "Registering", entries: registering, registers: true),
    Section(title: "The event", entries: events),
    Section(title: "Asking Box", entries: asking), Section(title: "Reacting", entries: reacting),
    Section(title: "Files", entries: files), Section(title: "Other hosts", entries: otherHosts),
    Section(title: "Remembering", entries: remembering), Section(title: "Helpers", entries: helpers),
    Section(title: "Tests beside the rules", entries: tests, registers: true),
  ]

  public static let entries: [Entry] = sections.flatMap(\.entries)

  /// The entry of that name, with `box.` in front or without.
  public static func entry(_ name: String) -> Entry? {
    entries.first { $0.name == name } ?? entries.first { $0.name == "box.\(name)" }
  }

  /// The entries whose names begin so, such as those of `box.kv`.
  public static func entries(below name: String) -> [Entry] {
    entries.filter { entry in
      [name, "box.\(name)"].contains { entry.name.hasPrefix($0 + ".") || entry.name.hasPrefix($0 + ":") }
    }
  }
}

extension APIReference {
  /// A function, or a field, of the module or of one of its objects.
  public struct Entry: Sendable {
    /// `box.kv.get`, or `event:get` for what events have.
    public let name: String
    public let signature: String
    public let summary: String
    public let example: String
    public let parameters: [Parameter]
    /// Types of what it returns, each with a name; of a field its type.
    public let returns: [String]
    /// Other ways to call it, as `fun(…)`.
    public let overloads: [String]
    public let isField: Bool

    /// - Parameters:
    ///   - takes: a parameter a line: `name: type`, with `?` behind the name of one that may be left out.
    ///   - gives: what it returns, a value a line: `type name`.
    init(
      _ name: String, _ signature: String, _ summary: String, _ example: String, takes: String = "",
      gives: String = "", overloads: [String] = [], isField: Bool = false
    ) {
      self.name = name
      self.signature = signature
      self.summary = summary
      self.example = example
      parameters = takes.split(separator: "\n").map { Parameter($0) }
      returns = gives.split(separator: "\n").map(String.init)
      self.overloads = overloads
      self.isField = isField
    }

    /// Signature, summary and example.
    public var text: String {
      let lines = summary.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n")
      let shown = example.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n")
      return "\(signature)\n\(lines)\n  Example:\n\(shown)\n"
    }

    /// The same function under another name.
    func renamed(_ old: String, _ new: String) -> Entry {
      func changed(_ text: String) -> String {
        text.split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
      }
      return Entry(self, name: changed(name), signature: changed(signature), example: changed(example))
    }

    private init(_ entry: Entry, name: String, signature: String, example: String) {
      self.name = name
      self.signature = signature
      summary = entry.summary
      self.example = example
      parameters = entry.parameters
      returns = entry.returns
      overloads = entry.overloads
      isField = entry.isField
    }
  }

  /// A parameter, or a field of a table.
  public struct Parameter: Sendable {
    public let name: String
    public let type: String
    public let isOptional: Bool

    init(_ line: Substring) {
      let colon = line.firstIndex(of: ":") ?? line.endIndex
      let name = line[..<colon]
      self.name = String(name.hasSuffix("?") ? name.dropLast() : name)
      isOptional = name.hasSuffix("?")
      type = String(line[colon...].dropFirst().drop { $0 == " " })
    }
  }

  /// A table with known fields, as editors check it.
  public struct Shape: Sendable {
    public let name: String
    public let summary: String
    public let fields: [(parameter: Parameter, meaning: String)]
    /// The type of all other keys and values, such as `[string]: any`.
    public let others: String?

    /// - Parameter fields: a field a line: `name: type -- meaning`.
    init(_ name: String, _ summary: String, _ fields: String, others: String? = nil) {
      self.name = name
      self.summary = summary
      self.others = others
      self.fields = fields.split(separator: "\n").map { line in
        let parts = line.split(separator: " -- ", maxSplits: 1)
        return (Parameter(parts[0]), parts.count > 1 ? String(parts[1]) : "")
      }
    }
  }
}
