import Watcher

/// Folds the readable text of tables: what is deep, and the rest of what is long, becomes a line that counts it.
enum Folding {
  /// Levels of tables that are open.
  private static let levels = 4
  /// Entries of one table.
  private static let entries = 40

  /// A line, with those inside it and the one that ends it where it opens a table.
  private struct Entry {
    let line: Substring
    var inner: [Entry] = []
    var end: Substring?

    var lines: Int { inner.reduce(0) { $0 + 1 + $1.lines + ($1.end == nil ? 0 : 1) } }
  }

  /// Nil where nothing is to be folded.
  static func folded(_ value: ChunkReport.Value) -> String? {
    guard value.kind == "table" || value.kind == "event" else { return nil }
    let text = String(decoding: value.bytes, as: UTF8.self)
    let folded = folded(text)
    return folded == text ? nil : folded
  }

  /// - Parameter text: as `box.inspect` writes it: an entry a line, two spaces for a level.
  static func folded(_ text: String) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
    var shown: [String] = []
    while !lines.isEmpty {
      show(read(&lines), level: 0, in: &shown)
      // What closes nothing is shown as it is.
      if let line = lines.popFirst() { shown.append(String(line)) }
    }
    return shown.joined(separator: "\n")
  }

  /// The entries up to the end of the table that they are in.
  private static func read(_ lines: inout ArraySlice<Substring>) -> [Entry] {
    var entries: [Entry] = []
    while let line = lines.first, !line.drop(while: { $0 == " " }).hasPrefix("}") {
      lines.removeFirst()
      var entry = Entry(line: line)
      if line.hasSuffix("{") {
        entry.inner = read(&lines)
        entry.end = lines.popFirst()
      }
      entries.append(entry)
    }
    return entries
  }

  private static func show(_ all: [Entry], level: Int, in shown: inout [String]) {
    // A line that says "1 more" saves none.
    let most = all.count > entries + 1 ? entries : all.count
    for entry in all.prefix(most) {
      guard let end = entry.end else {
        shown.append(String(entry.line))
        continue
      }
      guard level < levels else {
        shown.append("\(entry.line) … \(entry.lines) lines \(end.drop { $0 == " " })")
        continue
      }
      shown.append(String(entry.line))
      show(entry.inner, level: level + 1, in: &shown)
      shown.append(String(end))
    }
    guard most < all.count else { return }
    shown.append(String(repeating: "  ", count: level) + "… \(all.count - most) more")
  }
}
