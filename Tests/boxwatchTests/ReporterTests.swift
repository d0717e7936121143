import Foundation
import RuleEngine
import Testing

@testable import boxwatch

@Suite("Reporters of rule tests")
struct ReporterTests {
  private static let passed = RuleTestResult(
    file: "rules/a_test.lua", line: 3, name: "uploads alert", outcome: .passed, seed: 7, log: ["quiet"])
  private static let failed = RuleTestResult(
    file: "rules/a_test.lua", line: 9, name: "25 downloads alert once",
    outcome: .failed([
      RuleTestFailure(
        message: "expected 1 alert, got 2", file: "rules/a_test.lua", line: 12,
        traceback: "stack traceback:\n\t[C]: in function 'error'"),
      RuleTestFailure(message: "title: expected \"x\"\ngot \"y\"", file: "rules/a.lua", line: 0),
    ]), seed: 42, log: ["sent 25"])
  private static let unloaded = RuleTestResult(
    file: "rules/b.lua", line: 0, name: "",
    outcome: .loadFailed([RuleTestFailure(message: "'end' expected near <eof>", file: "rules/b.lua", line: 5)]), seed: 0
  )

  private func text(
    _ reporter: some RuleTestReporter, count: Int? = nil, _ results: RuleTestResult...
  ) -> String {
    var reporter = reporter
    var summary = RuleTestSummary()
    var text = reporter.begin(count: count)
    for result in results {
      summary.count(result)
      text += reporter.report(result)
    }
    return text + reporter.end(summary)
  }

  private func failure(named name: String, file: String = "f.lua", message: String = "no") -> RuleTestResult {
    RuleTestResult(
      file: file, line: 1, name: name, outcome: .failed([RuleTestFailure(message: message, file: file, line: 1)]),
      seed: 1)
  }

  // MARK: Plain

  @Test("plain: failures are told, then the numbers")
  func plain() {
    #expect(
      text(PlainReporter(), Self.passed, Self.failed, Self.unloaded) == """
        FAIL rules/a_test.lua:9: 25 downloads alert once
          rules/a_test.lua:12: expected 1 alert, got 2
            stack traceback:
            [C]: in function 'error'
          rules/a.lua: title: expected "x"
            got "y"
          | sent 25
          seed 42
        FAIL rules/b.lua does not load
          rules/b.lua:5: 'end' expected near <eof>
        1 passed, 1 failed, 1 file did not load

        """)
  }

  @Test("plain: where all passed there is only the last line")
  func plainPassed() {
    #expect(text(PlainReporter(), Self.passed) == "1 passed, 0 failed\n")
  }

  @Test("plain: what a name or a message holds cannot move the cursor")
  func plainEscapes() {
    let shown = text(PlainReporter(), failure(named: "a\u{1B}[2Jb\nc", message: "\u{202E}x"))
    #expect(
      shown == """
        FAIL f.lua:1: a\\u{1B}[2Jb\\u{A}c
          f.lua:1: \\u{202E}x
          seed 1
        0 passed, 1 failed

        """)
  }

  // MARK: TAP

  @Test("TAP: a plan, a line for each test, and YAML for what failed")
  func tap() {
    #expect(
      text(TAPReporter(), count: 3, Self.passed, Self.failed, Self.unloaded) == """
        TAP version 14
        1..3
        ok 1 - uploads alert # rules/a_test.lua:3
        not ok 2 - 25 downloads alert once # rules/a_test.lua:9
          ---
          message: "expected 1 alert, got 2"
          severity: fail
          seed: 42
          failures:
            - message: "expected 1 alert, got 2"
              file: "rules/a_test.lua"
              line: 12
              traceback:
                - "stack traceback:"
                - "[C]: in function 'error'"
            - message: "title: expected \\"x\\"\\ngot \\"y\\""
              file: "rules/a.lua"
          log:
            - "sent 25"
          ...
        not ok 3 - rules/b.lua does not load # rules/b.lua
          ---
          message: "'end' expected near <eof>"
          severity: fail
          failures:
            - message: "'end' expected near <eof>"
              file: "rules/b.lua"
              line: 5
          ...

        """)
  }

  @Test("TAP: a plan that was not known comes last")
  func tapLatePlan() {
    #expect(
      text(TAPReporter(), Self.passed) == "TAP version 14\nok 1 - uploads alert # rules/a_test.lua:3\n1..1\n")
  }

  @Test(
    "TAP: neither a name nor a file makes a directive or a line of its own",
    arguments: [
      ("a # TODO b", "f.lua", "not ok 1 - a \\# TODO b # f.lua:1"),
      ("a #\u{301} b", "f.lua", "not ok 1 - a \\#\u{301} b # f.lua:1"),
      ("a \\", "f.lua", "not ok 1 - a \\\\ # f.lua:1"),
      ("a\nok 2", "f.lua", "not ok 1 - a\\\\u{A}ok 2 # f.lua:1"),
      ("a", "skip-all.lua", "not ok 1 - a # ./skip-all.lua:1"),
      ("a", "Todo.lua", "not ok 1 - a # ./Todo.lua:1"),
      ("a", "x#y.lua", "not ok 1 - a # x\\#y.lua:1"),
    ])
  func tapEscapes(name: String, file: String, line: String) {
    let lines = text(TAPReporter(), failure(named: name, file: file)).split(separator: "\n")
    #expect(lines.dropFirst().first.map(String.init) == line)
  }

  @Test("TAP: messages in YAML stay on their line")
  func tapMessages() {
    let shown = text(TAPReporter(), failure(named: "a", message: "x\n  ...\nok 2\u{1B}\u{85}\u{FEFF}\u{FFFF}\\"))
    #expect(shown.contains("  message: \"x\\n  ...\\nok 2\\u001b\\u0085\\ufeff\\uffff\\\\\"\n"))
  }

  // MARK: JUnit

  @Test("JUnit: a suite for each file, with the numbers in front")
  func junit() {
    #expect(
      text(JUnitReporter(), Self.passed, Self.unloaded, Self.failed) == """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="boxwatch" tests="3" failures="1" errors="1">
          <testsuite name="rules/a_test.lua" tests="2" failures="1" errors="0">
            <testcase name="uploads alert" classname="rules/a_test.lua" file="rules/a_test.lua" line="3">
              <system-out>quiet</system-out>
            </testcase>
            <testcase name="25 downloads alert once" classname="rules/a_test.lua" file="rules/a_test.lua" line="9">
              <failure message="expected 1 alert, got 2 (and 1 more)">rules/a_test.lua:12: expected 1 alert, got 2
          stack traceback:
          [C]: in function 'error'
        rules/a.lua: title: expected "x"
        got "y"
        seed 42</failure>
              <system-out>sent 25</system-out>
            </testcase>
          </testsuite>
          <testsuite name="rules/b.lua" tests="1" failures="0" errors="1">
            <testcase name="rules/b.lua does not load" classname="rules/b.lua" file="rules/b.lua">
              <error message="'end' expected near &lt;eof&gt;">rules/b.lua:5: 'end' expected near &lt;eof&gt;</error>
            </testcase>
          </testsuite>
        </testsuites>

        """)
  }

  @Test("JUnit: no test at all is a document too")
  func junitEmpty() {
    #expect(
      text(JUnitReporter()) == """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="boxwatch" tests="0" failures="0" errors="0">
        </testsuites>

        """)
  }

  @Test(
    "JUnit: what XML forbids is replaced, what it would change is written as a reference",
    arguments: [
      ("a<b>&\"c\"", "a&lt;b&gt;&amp;&quot;c&quot;", "a&lt;b&gt;&amp;\"c\""),
      ("\u{0}\u{8}\u{1B}[1m\u{FFFF}", "\u{FFFD}\u{FFFD}\u{FFFD}[1m\u{FFFD}", "\u{FFFD}\u{FFFD}\u{FFFD}[1m\u{FFFD}"),
      ("a\tb\nc\r\nd", "a&#x9;b&#xA;c&#xD;&#xA;d", "a\tb\nc&#xD;\nd"),
      ("\u{9B}\u{202E}ü😀", "&#x9B;&#x202E;ü😀", "&#x9B;&#x202E;ü😀"),
      ("]]>", "]]&gt;", "]]&gt;"),
    ])
  func xmlText(text: String, attribute: String, content: String) {
    #expect(XMLText.attribute(text) == attribute)
    #expect(XMLText.content(text) == content)
  }
}
