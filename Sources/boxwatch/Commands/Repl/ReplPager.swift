/// Shows a long text a screen at a time.
struct ReplPager: Sendable {
  let editor: LineEditor

  func show(_ text: String, on screen: PromptScreen) async {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.last == "" { lines.removeLast() }
    let columns = Terminal.inputColumns
    let rows = max(4, Terminal.inputRows - 1)
    while !lines.isEmpty {
      var used = 0
      let page = lines.prefix { line in
        used += 1 + max(0, TerminalText.width(String(line)) - 1) / columns
        return used <= rows
      }
      let count = max(1, page.count)
      screen.output(lines.prefix(count).joined(separator: "\n") + "\n")
      lines.removeFirst(count)
      guard !lines.isEmpty else { return }
      let answer = await editor.answer(to: "-- \(lines.count) more lines: Enter goes on, a shows all, q ends -- ")
      switch answer {
      case "a":
        screen.output(lines.joined(separator: "\n") + "\n")
        return
      case "q", nil:
        if answer == nil { screen.message("\n") }
        return
      default: continue
      }
    }
  }
}
