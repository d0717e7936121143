import RuleEngine

/// JUnit's XML, as build servers read it: a suite for each file. All of it comes at the end, since the numbers stand
/// in front.
struct JUnitReporter: RuleTestReporter {
  private var files: [String] = []
  private var results: [String: [RuleTestResult]] = [:]

  func begin(count: Int?) -> String { "" }

  mutating func report(_ result: RuleTestResult) -> String {
    if results[result.file] == nil { files.append(result.file) }
    results[result.file, default: []].append(result)
    return ""
  }

  func end(_ summary: RuleTestSummary) -> String {
    var lines = ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>"]
    lines.append("<testsuites name=\"boxwatch\"\(Self.numbers(files.flatMap { results[$0] ?? [] }))>")
    for file in files { lines += Self.suite(file, results[file] ?? []) }
    lines.append("</testsuites>")
    return lines.map { $0 + "\n" }.joined()
  }

  private static func suite(_ file: String, _ results: [RuleTestResult]) -> [String] {
    ["  <testsuite name=\"\(XMLText.attribute(file))\"\(numbers(results))>"] + results.flatMap(testCase)
      + ["  </testsuite>"]
  }

  private static func numbers(_ results: [RuleTestResult]) -> String {
    var summary = RuleTestSummary()
    for result in results { summary.count(result) }
    return " tests=\"\(results.count)\" failures=\"\(summary.failed)\" errors=\"\(summary.loadFailed)\""
  }

  private static func testCase(_ result: RuleTestResult) -> [String] {
    let file = XMLText.attribute(result.file)
    let line = result.line > 0 ? " line=\"\(result.line)\"" : ""
    let start =
      "    <testcase name=\"\(XMLText.attribute(result.title))\" classname=\"\(file)\" file=\"\(file)\"\(line)"
    let details = problem(result) + log(result)
    return details.isEmpty ? ["\(start)/>"] : ["\(start)>"] + details + ["    </testcase>"]
  }

  /// One element however many failures there are: readers take the first and drop the others.
  private static func problem(_ result: RuleTestResult) -> [String] {
    let element: String
    switch result.outcome {
    case .passed: return []
    case .failed: element = "failure"
    case .loadFailed: element = "error"
    }
    var message = result.failures.first?.message ?? ""
    if result.failures.count > 1 { message += " (and \(result.failures.count - 1) more)" }
    var body = result.failures.map { failure in
      (["\(failure.place): \(failure.message)"] + failure.tracebackLines.map { "  \($0)" }).joined(separator: "\n")
    }
    if element == "failure" { body.append("seed \(result.seed)") }
    let content = XMLText.content(body.joined(separator: "\n"))
    return ["      <\(element) message=\"\(XMLText.attribute(message))\">\(content)</\(element)>"]
  }

  private static func log(_ result: RuleTestResult) -> [String] {
    guard !result.log.isEmpty else { return [] }
    return ["      <system-out>\(XMLText.content(result.log.joined(separator: "\n")))</system-out>"]
  }
}
