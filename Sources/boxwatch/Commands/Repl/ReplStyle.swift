import RuleEngine

/// Colours of values and errors, where the terminal can and nobody asked for none.
struct ReplStyle: Sendable {
  /// On standard output and on standard error.
  let coloursOutput: Bool
  let coloursErrors: Bool

  init(noColor: Bool) {
    let isAllowed = !noColor && Environment.process["NO_COLOR"] == nil && Environment.process["TERM"] != "dumb"
    coloursOutput = isAllowed && StandardOutput.isTerminal
    coloursErrors = isAllowed && StandardError.isTerminal
  }

  /// A value for a terminal.
  ///
  /// - Parameter kind: Lua's type, which decides the colour.
  func value(_ text: String, kind: String) -> String {
    let text = TerminalText.escapedLines(text)
    if coloursOutput && (kind == "table" || kind == "event") { return Self.inside(text) }
    guard coloursOutput, let colour = Self.colours[kind] else { return text }
    return "\u{1B}[\(colour)m\(text)\u{1B}[0m"
  }

  func error(_ text: String) -> String {
    let text = TerminalText.escapedLines(text)
    return coloursErrors ? "\u{1B}[31m\(text)\u{1B}[0m" : text
  }

  /// What is said beside the values.
  func remark(_ text: String) -> String {
    let text = TerminalText.escapedLines(text)
    return coloursErrors ? "\u{1B}[2m\(text)\u{1B}[0m" : text
  }

  /// The text of a table with its strings, numbers and booleans in colour.
  private static func inside(_ text: String) -> String {
    var shown = ""
    var rest = text[...]
    while let first = rest.first {
      let token: Substring
      var kind: String?
      if first == "\"" {
        token = quoted(rest)
        kind = "string"
      } else if first.isLetter || first.isNumber || first == "-" || first == "_" {
        token = rest.prefix { $0.isLetter || $0.isNumber || "-_.+".contains($0) }
        let isNumber = token.drop { $0 == "-" }.first?.isNumber == true
        kind = isNumber ? "number" : token == "true" || token == "false" ? "boolean" : nil
      } else {
        token = rest.prefix(1)
      }
      shown += kind.flatMap { colours[$0] }.map { "\u{1B}[\($0)m\(token)\u{1B}[0m" } ?? String(token)
      rest = rest.dropFirst(token.count)
    }
    return shown
  }

  /// A string with its quotation marks, or all of the text where it does not end.
  private static func quoted(_ text: Substring) -> Substring {
    var isEscaped = false
    var end = text.index(after: text.startIndex)
    while end < text.endIndex {
      let character = text[end]
      end = text.index(after: end)
      if character == "\"" && !isEscaped { return text[..<end] }
      isEscaped = character == "\\" && !isEscaped
    }
    return text
  }

  /// Of the sixteen that every terminal has, those that are readable on light and on dark ones.
  private static let colours = ["string": 32, "number": 36, "boolean": 35, "nil": 35]
}

extension TerminalText {
  /// Escaped but for line breaks and tabs.
  static func escapedLines(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.split(separator: "\t", omittingEmptySubsequences: false).map { escaped(String($0)) }.joined(separator: "\t")
    }.joined(separator: "\n")
  }
}
