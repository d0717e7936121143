extension APIReference {
  /// The reference as a page of Markdown.
  public static func markdown() -> String {
    var text = """
      # The `box` module

      What a rule script can call, made from the same description as `.help` at `boxwatch repl`. Durations are seconds or
      text such as `"5m"`; times are RFC 3339, or relative as `"-1h"`.


      """
    for section in sections { text += "- [\(section.title)](#\(anchor(section.title)))\n" }
    text += "- [Tables](#tables)\n"
    for section in sections {
      text += "\n## \(section.title)\n"
      for entry in section.entries { text += "\n" + markdown(entry) }
    }
    text += "\n## Tables\n"
    for shape in shapes where !shape.fields.isEmpty { text += "\n" + markdown(shape) }
    return text
  }

  private static func anchor(_ title: String) -> String {
    title.lowercased().split(separator: " ").joined(separator: "-")
  }

  private static func markdown(_ entry: Entry) -> String {
    var text = "### `\(entry.name)`\n\n```lua\n\(entry.signature)\n```\n\n"
    text += entry.summary.split(separator: "\n").joined(separator: "\n") + "\n"
    let parameters = entry.parameters.map { "`\($0.name)\($0.isOptional ? "?" : "")`: `\($0.type)`" }
    if !parameters.isEmpty { text += "\nTakes " + parameters.joined(separator: ", ") + ".\n" }
    let returns = entry.returns.map { value in
      let parts = value.split(separator: " ", maxSplits: 1)
      return parts.count > 1 ? "`\(parts[0])` (\(parts[1]))" : "`\(value)`"
    }
    if !returns.isEmpty { text += "\n\(entry.isField ? "Is" : "Gives") " + returns.joined(separator: ", ") + ".\n" }
    return text + "\n```lua\n\(entry.example)\n```\n"
  }

  private static func markdown(_ shape: Shape) -> String {
    func cell(_ text: String) -> String {
      text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
    }
    var text = "### `\(shape.name)`\n\n\(shape.summary)\n\n| field | type | meaning |\n|---|---|---|\n"
    for (field, meaning) in shape.fields {
      text += "| `\(field.name)\(field.isOptional ? "?" : "")` | `\(cell(field.type))` | \(cell(meaning)) |\n"
    }
    return text
  }
}
