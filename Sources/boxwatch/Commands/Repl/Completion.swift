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
