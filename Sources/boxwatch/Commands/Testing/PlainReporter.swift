import BoxClient
import RuleEngine

/// For a person: what failed, and a last line with the numbers. Tests that passed are not told one by one.
///
///     FAIL rules/downloads_test.lua:12: 25 downloads alert once
///       rules/downloads_test.lua:17: expected 1 alert, got 2
///         [C]: in function 'error'
///       seed 42
///     3 passed, 1 failed
struct PlainReporter: RuleTestReporter {
  func begin(count: Int?) -> String { "" }

  func report(_ result: RuleTestResult) -> String {
    var lines: [String]
    switch result.outcome {
    case .passed: return ""
    case .failed: lines = ["FAIL \(result.place): \(result.title)"]
    case .loadFailed: lines = ["FAIL \(result.title)"]
    }
    for failure in result.failures {
      let message = failure.message.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      lines.append("  \(failure.place): \(message.first ?? "")")
      lines += message.dropFirst().map { "    \($0)" }
      lines += failure.tracebackLines.map { "    \($0)" }
    }
    lines += result.log.map { "  | \($0)" }
    if case .failed = result.outcome { lines.append("  seed \(result.seed)") }
    return lines.map { TerminalText.escapedLine($0) + "\n" }.joined()
  }

  func end(_ summary: RuleTestSummary) -> String {
    var text = "\(summary.passed) passed, \(summary.failed) failed"
    if summary.loadFailed > 0 { text += ", " + Count.text(summary.loadFailed, "file", "did not load") }
    return text + "\n"
  }
}
