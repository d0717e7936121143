/// The paths of the fields that events had, for completion: `source.parent.name`.
public struct SeenFields: Sendable {
  private var known: Set<String> = []

  private static let most = 2000
  private static let deepest = 6

  public init() {}

  public var paths: [String] { known.sorted() }

  /// Adds those of an event.
  ///
  /// - Parameter text: its JSON. What is none adds what could be read of it.
  public mutating func add(_ text: [UInt8]) {
    guard known.count < Self.most else { return }
    var scanner = Scanner(text: text)
    scanner.value(at: "", depth: 0) { [most = Self.most] path in
      if known.count < most { known.insert(path) }
    }
  }

  /// As much of a JSON reader as names need.
  private struct Scanner {
    let text: [UInt8]
    var place = 0
    private var nesting = 0

    init(text: [UInt8]) { self.text = text }

    private var current: UInt8? { place < text.count ? text[place] : nil }

    private mutating func skipSpace() {
      while let byte = current, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { place += 1 }
    }

    mutating func value(at path: String, depth: Int, _ found: (String) -> Void) {
      nesting += 1
      defer { nesting -= 1 }
      // Deeper than this nobody names anything, and each level needs stack.
      guard nesting < 64 else {
        place = text.count
        return
      }
      skipSpace()
      switch current {
      case UInt8(ascii: "{"): object(at: path, depth: depth, found)
      case UInt8(ascii: "["): array(depth: depth)
      case UInt8(ascii: "\""): _ = string()
      default: while let byte = current, !",]}".utf8.contains(byte) { place += 1 }
      }
    }

    private mutating func object(at path: String, depth: Int, _ found: (String) -> Void) {
      place += 1
      while true {
        skipSpace()
        guard current == UInt8(ascii: "\"") else { break }
        let name = string()
        skipSpace()
        guard current == UInt8(ascii: ":") else { return }
        place += 1
        let isName =
          name.first.map { $0 == "_" || ($0.isASCII && $0.isLetter) } == true
          && name.utf8.count <= 64 && name.allSatisfy { $0 == "_" || ($0.isASCII && ($0.isLetter || $0.isNumber)) }
        let inner = path.isEmpty ? name : path + "." + name
        if isName && depth < SeenFields.deepest { found(inner) }
        value(at: inner, depth: isName ? depth + 1 : SeenFields.deepest, found)
        skipSpace()
        guard current == UInt8(ascii: ",") else { break }
        place += 1
      }
      if current == UInt8(ascii: "}") { place += 1 }
    }

    /// What is in arrays has no name.
    private mutating func array(depth: Int) {
      place += 1
      while true {
        skipSpace()
        guard let byte = current, byte != UInt8(ascii: "]") else { break }
        let before = place
        value(at: "", depth: SeenFields.deepest) { _ in }
        skipSpace()
        if current == UInt8(ascii: ",") { place += 1 } else if place == before { break }
      }
      if current == UInt8(ascii: "]") { place += 1 }
    }

    private mutating func string() -> String {
      place += 1
      let begin = place
      while let byte = current, byte != UInt8(ascii: "\"") { place += byte == UInt8(ascii: "\\") ? 2 : 1 }
      let end = min(place, text.count)
      place = end + 1
      return String(decoding: text[begin..<end], as: UTF8.self)
    }
  }
}
