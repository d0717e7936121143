import Testing

@testable import boxwatch

@Suite("Text on terminals")
struct TerminalTextTests {
  @Test(
    "control and bidirectional characters are escaped, the rest is left",
    arguments: [
      ("plain – ünï 漢字 😀", "plain – ünï 漢字 😀"),
      ("a\u{1B}[31mb", "a\\u{1B}[31mb"),
      ("x\u{202E}gpj.exe", "x\\u{202E}gpj.exe"),
      ("tab\tline\n", "tab\\u{9}line\\u{A}"),
      ("\u{9B}2J", "\\u{9B}2J"),
    ])
  func escapes(text: String, shown: String) {
    #expect(TerminalText.escaped(text) == shown)
  }

  @Test("a whole line keeps its tabs, and nothing else")
  func keepsTabs() {
    #expect(TerminalText.escapedLine("a\tb\u{1B}[2J\t") == "a\tb\\u{1B}[2J\t")
  }

  @Test("JSON keeps its meaning: the same characters become JSON's escapes")
  func escapesJSON() {
    #expect(TerminalText.escapedJSON("{\"n\":\"a\u{202E}b\u{7F}\"}") == "{\"n\":\"a\\u202eb\\u007f\"}")
  }

  @Test("width counts columns", arguments: [("abc", 3), ("漢字", 4), ("e\u{301}", 1), ("😀", 2), ("", 0)])
  func width(text: String, columns: Int) {
    #expect(TerminalText.width(text) == columns)
  }

  @Test("what does not fit ends in an ellipsis, never wider than the room")
  func fits() {
    #expect(TerminalText.fitted("abcdef", to: 6) == "abcdef")
    #expect(TerminalText.fitted("abcdef", to: 4) == "abc…")
    #expect(TerminalText.fitted("漢字漢字", to: 6) == "漢字…")
  }

  @Test(
    "on a screen columns give way until the table fits: ids first, then the widest, the name of the item last",
    arguments: [
      (nil, [25, 13, 40, 22, 11, 6, 24]), (160, [25, 13, 40, 22, 11, 6, 24]), (120, [25, 13, 14, 22, 4, 6, 24]),
      (80, [11, 11, 4, 10, 4, 4, 24]), (60, [8, 8, 4, 8, 4, 4, 12]), (20, [8, 8, 4, 8, 4, 4, 8]),
    ])
  func tableWidths(screen: Int?, widths: [Int]) {
    let row = [
      "2026-11-26T09:16:43-08:00", "ITEM_DOWNLOAD", "ee3be2d321882994f20b0bdf772248da073892b0",
      "bo.sorensen@example.co", "file", "987654", "Quarterly report 07.xlsx",
    ]
    let found = TableFormatter.widths(
      of: [row], titles: ["CREATED_AT", "TYPE", "EVENT_ID", "LOGIN", "SOURCE.TYPE", "ID", "NAME"],
      weights: Cell.defaultFields.map(TableFormatter.Weight.init), screen: screen)
    #expect(found == widths)
  }

  @Test("titles among the rows are cells, and columns alike give way in turn")
  func plainTable() {
    let rows = [["id", "name"], ["1234567890", String(repeating: "n", count: 80)]]
    #expect(TableFormatter.widths(of: rows, screen: nil) == [10, 80])
    #expect(TableFormatter.widths(of: rows, screen: 40) == [10, 28])
    #expect(TableFormatter.widths(of: [], screen: 40) == [])
  }

  @Test(
    "CSV quotes what would be read wrongly",
    arguments: [("a", "a"), ("a,b", "\"a,b\""), ("\"", "\"\"\"\""), (" a", "\" a\"")])
  func csvQuotes(cell: String, quoted: String) {
    #expect(CSVFormatter.quoted(cell) == quoted)
  }

  @Test("a value that begins with a minus and a digit joins its option")
  func negativeValues() {
    let joined = CommandLineArguments.joiningNegativeValues(["events", "--created-after", "-1h", "--limit", "5", "-h"])
    #expect(joined == ["events", "--created-after=-1h", "--limit", "5", "-h"])
  }
}
