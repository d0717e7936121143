/// `box.list`: the lines of a file beside the rules, read again when it changes.
struct LineList {
  let path: String
  private(set) var lines: [String] = []
  private var members: Set<String> = []
  private var stamp: [Int] = []
  /// Whether the file could not be read when it was looked at last.
  private var isAway = false

  /// Throws ``RuleSourceError`` where the file is not there.
  init(path: String) throws {
    self.path = path
    try read()
  }

  private mutating func read() throws {
    stamp = FileSystem.stamp(path)
    let text = String(decoding: try FileSystem.read(path), as: UTF8.self)
    lines = text.split(whereSeparator: \.isNewline).map { $0.trimmed }.filter { !$0.isEmpty && !$0.hasPrefix("#") }
    members = Set(lines)
  }

  /// Looks whether the file was changed. While it is away or cannot be read, what was read before counts.
  ///
  /// - Returns: why it cannot be read, where it could before.
  mutating func refresh() -> String? {
    let current = FileSystem.stamp(path)
    guard current != stamp || isAway else { return nil }
    let wasAway = isAway
    do {
      try read()
      isAway = false
      return nil
    } catch {
      isAway = true
      return wasAway ? nil : "\(error)"
    }
  }

  func contains(_ line: String) -> Bool { members.contains(line) }
}

extension Substring {
  fileprivate var trimmed: String {
    var text = self
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }
}
