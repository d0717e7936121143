import RuleEngine

/// One way to tell how a rule's tests went. Returns what is to be written, so that tests can look at it.
protocol RuleTestReporter: Sendable {
  /// What stands before the first result.
  /// - Parameter count: how many results there will be; nil where that is not known yet.
  mutating func begin(count: Int?) -> String
  mutating func report(_ result: RuleTestResult) -> String
  /// What stands behind the last result.
  mutating func end(_ summary: RuleTestSummary) -> String
}

extension RuleTestResult {
  /// The test's name for a person.
  var title: String {
    switch outcome {
    case .loadFailed: "\(file) does not load"
    case .passed, .failed: name
    }
  }

  /// `file:line`, or the file alone.
  var place: String { line > 0 ? "\(file):\(line)" : file }
}

extension RuleTestFailure {
  /// `file:line`, or the file alone.
  var place: String { line > 0 ? "\(file):\(line)" : file }

  /// The traceback's lines, without the tabs in front of them.
  var tracebackLines: [String] { traceback.split(whereSeparator: \.isNewline).map { $0.trimmingTabs() } }
}

extension Substring {
  fileprivate func trimmingTabs() -> String { String(drop { $0 == "\t" || $0 == " " }) }
}
