import BoxClient
import RuleEngine

/// The Test Anything Protocol, version 14 (testanything.org), with a YAML block for what failed.
struct TAPReporter: RuleTestReporter {
  private var count = 0
  private var hasPlan = false

  mutating func begin(count: Int?) -> String {
    hasPlan = count != nil
    return "TAP version 14\n" + (count.map { "1..\($0)\n" } ?? "")
  }

  mutating func report(_ result: RuleTestResult) -> String {
    count += 1
    let status = result.outcome == .passed ? "ok" : "not ok"
    return "\(status) \(count) - \(Self.escaped(result.title)) # \(Self.place(result))\n" + Self.diagnostics(result)
  }

  func end(_ summary: RuleTestSummary) -> String {
    hasPlan ? "" : "1..\(count)\n"
  }

  /// Behind a `#` a reader looks for `skip` and `todo`, which turn a failure into none: a file's name must not begin
  /// with them.
  private static func place(_ result: RuleTestResult) -> String {
    let start = result.file.prefix(4).lowercased()
    return escaped((start == "skip" || start == "todo" ? "./" : "") + result.place)
  }

  private static func escaped(_ text: String) -> String {
    var escaped = ""
    // Scalars: a reader sees a `#` also where a mark over it makes another character of it.
    for scalar in TerminalText.escaped(text).unicodeScalars {
      if scalar == "\\" || scalar == "#" { escaped += "\\" }
      escaped.unicodeScalars.append(scalar)
    }
    return escaped
  }

  private static func diagnostics(_ result: RuleTestResult) -> String {
    guard result.outcome != .passed else { return "" }
    var lines = ["---", "message: \(quoted(result.failures.first?.message ?? ""))", "severity: fail"]
    if case .failed = result.outcome { lines.append("seed: \(result.seed)") }
    lines.append(result.failures.isEmpty ? "failures: []" : "failures:")
    for failure in result.failures {
      lines.append("  - message: \(quoted(failure.message))")
      lines.append("    file: \(quoted(failure.file))")
      if failure.line > 0 { lines.append("    line: \(failure.line)") }
      lines += list("traceback", failure.tracebackLines, indent: "    ")
    }
    lines += list("log", result.log, indent: "")
    lines.append("...")
    return lines.map { "  \($0)\n" }.joined()
  }

  private static func list(_ name: String, _ items: [String], indent: String) -> [String] {
    items.isEmpty ? [] : ["\(indent)\(name):"] + items.map { "\(indent)  - \(quoted($0))" }
  }

  /// A JSON string, which YAML reads as the same text once the characters that YAML takes for unprintable are escaped.
  private static func quoted(_ text: String) -> String {
    var quoted = ""
    for scalar in TerminalText.escapedJSON(JSONString.quote(text)).unicodeScalars {
      switch scalar.value {
      case 0xFEFF, 0xFFFE, 0xFFFF: quoted += "\\u" + String(scalar.value, radix: 16)
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted
  }
}
