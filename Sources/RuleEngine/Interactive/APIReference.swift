/// The one description of the `box` module for people: `.help` shows it, completion knows its names.
public enum APIReference {
  public struct Entry: Sendable {
    /// `box.kv.get`, or `event:get` for what events have.
    public let name: String
    public let signature: String
    public let summary: String
    public let example: String

    init(_ name: String, _ signature: String, _ summary: String, _ example: String) {
      self.name = name
      self.signature = signature
      self.summary = summary
      self.example = example
    }

    /// Signature, summary and example.
    public var text: String {
      let lines = summary.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n")
      let shown = example.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n")
      return "\(signature)\n\(lines)\n  Example:\n\(shown)\n"
    }
  }

  public static let entries: [Entry] = registering + events + asking + reacting + remembering + helpers

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
