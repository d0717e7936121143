import BoxClient

/// Shows a long text a screen at a time, or hands it to the program that `PAGER` names.
struct ReplPager: Sendable {
  let editor: LineEditor
  /// A command line for `sh`; nil for the pager here.
  var program: String? = Environment.process["PAGER"]

  func show(_ text: String, on screen: PromptScreen) async {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
    if lines.last == "" { lines.removeLast() }
    guard rows(of: lines) > Terminal.inputRows - 1 else { return screen.output(text) }
    // What handlers print meanwhile comes behind it.
    screen.hold()
    defer { screen.release() }
    if let program, await PagerProgram.run(program, text) { return }
    await showHere(lines)
  }

  /// Whether the person wants to see more of what is there.
  func wantsMore() async -> Bool {
    while true {
      switch await key(after: "-- more events: space the next ones, q end -- ") {
      case UInt8(ascii: " "), 0x0A, 0x0D: return true
      case UInt8(ascii: "q"), nil, 0x04: return false
      default: continue
      }
    }
  }

  private func showHere(_ all: ArraySlice<Substring>) async {
    var lines = all
    var room = Terminal.inputRows - 1
    while true {
      let count = fitting(lines, rows: room)
      write(lines.prefix(count))
      lines = lines.dropFirst(count)
      guard !lines.isEmpty else { return }
      switch await key(
        after: "-- \(Count.text(lines.count, "more line")): space a page, Enter a line, a all, q end -- ")
      {
      case UInt8(ascii: " "): room = Terminal.inputRows - 1
      case 0x0A, 0x0D: room = 1
      case UInt8(ascii: "a"):
        write(lines)
        return
      case UInt8(ascii: "q"), nil, 0x04: return
      default: room = 0
      }
    }
  }

  private func key(after question: String) async -> UInt8? {
    let shown = TerminalText.fitted(question, to: Terminal.inputColumns - 1)
    return await withTaskCancellationHandler {
      await Task.isCancelled ? nil : editor.key(after: shown)
    } onCancel: {
      editor.interrupt()
    }
  }

  /// How many of the lines fill that many rows: one at least, but where there is no room at all.
  private func fitting(_ lines: ArraySlice<Substring>, rows room: Int) -> Int {
    guard room > 0 else { return 0 }
    var used = 0
    let page = lines.prefix { line in
      used += rows(of: line)
      return used <= room
    }
    return max(1, page.count)
  }

  private func rows(of lines: ArraySlice<Substring>) -> Int { lines.reduce(0) { $0 + rows(of: $1) } }

  private func rows(of line: Substring) -> Int {
    1 + max(0, TerminalText.width(withoutColours(line)) - 1) / Terminal.inputColumns
  }

  /// Without what sets colours, which takes no columns.
  private func withoutColours(_ line: Substring) -> String {
    guard line.contains("\u{1B}") else { return String(line) }
    let parts = line.split(separator: "\u{1B}[", omittingEmptySubsequences: false)
    return String(parts[0]) + parts.dropFirst().map { $0.drop { $0 != "m" }.dropFirst() }.joined()
  }

  private func write(_ lines: ArraySlice<Substring>) {
    guard !lines.isEmpty else { return }
    PromptScreen.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: 1)
  }
}
