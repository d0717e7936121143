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
  func value(_ value: ChunkResult.Value) -> String {
    let text = TerminalText.escapedLines(String(decoding: value.bytes, as: UTF8.self))
    guard coloursOutput, let colour = Self.colours[value.kind] else { return text }
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
