import RuleEngine

/// The rules' log on standard error.
enum RuleLog {
  static func write(_ line: RuleLogLine) {
    guard line.level != .debug else { return }
    let level = line.level == .info ? "" : "\(line.level.rawValue): "
    StandardError.write("[\(line.file)] \(level)\(line.text)".escapedForTerminal + "\n")
  }

  static func write(_ failure: RuleFailure) {
    var text = "boxwatch: error: \(failure)".escapedForTerminal + "\n"
    for line in (failure.failure.traceback ?? "").split(separator: "\n").dropFirst() {
      text += "  " + String(line.drop { $0 == "\t" }).escapedForTerminal + "\n"
    }
    StandardError.write(text)
  }
}

extension String {
  /// Control and bidirectional characters escaped, but for tabs and a line break at its end.
  var escapedForTerminal: String {
    hasSuffix("\n") ? TerminalText.escapedLine(String(dropLast())) + "\n" : TerminalText.escapedLine(self)
  }
}
