/// The path of a file below the output directory: relative, without `..`, and short enough for every file system.
///
/// Text alone decides here; what stands in the directory, such as a symbolic link, is examined when the path is used.
///
/// ```swift
/// let path = try OutputPath("reports/executables.csv")
/// ```
public struct OutputPath: Sendable, Hashable, CustomStringConvertible {
  /// The names from the output directory down to the file; never empty.
  let components: [String]

  /// The path in its shortest form: `./a//b` is `a/b`. Equal paths name the same file.
  public let description: String

  /// The most bytes of one name, and of the whole path.
  static let longestName = 255
  static let longestPath = 4096

  /// - Throws: when the text is empty or absolute, has a `..`, a control character or a name that is too long, or names
  ///   a directory (`reports/`, `.`).
  public init(_ text: String) throws(OutputError) {
    try Self.checkText(text)
    let names = Self.names(of: text)
    guard !names.contains("..") else {
      throw Self.bad(text, "the path has a \"..\"", advice: Self.stayBelow)
    }
    guard let last = names.last, !last.isEmpty, last != "." else {
      throw Self.bad(text, "the path names a directory", advice: "end it with a file's name")
    }
    components = names.filter { !$0.isEmpty && $0 != "." }
    if let long = components.first(where: { $0.utf8.count > Self.longestName }) {
      throw Self.bad(
        text, "the path has a name of \(long.utf8.count) bytes, and \(Self.longestName) are the most",
        advice: "use a shorter one")
    }
    description = components.joined(separator: "/")
  }

  /// The path in a script's bytes.
  /// - Throws: what `init(_:)` throws, and when the bytes are not UTF-8.
  public init(utf8 bytes: some Collection<UInt8>) throws(OutputError) {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Self.bad(String(decoding: bytes, as: UTF8.self), "the path is not valid UTF-8", advice: "use UTF-8 text")
    }
    try self.init(text)
  }

  var directories: ArraySlice<String> { components.dropLast() }
  var name: String { components[components.count - 1] }

  // Bytes, not characters: to Swift two spellings of "é" are equal text, to the file system they are two files.
  public static func == (one: Self, other: Self) -> Bool {
    one.description.utf8.elementsEqual(other.description.utf8)
  }

  public func hash(into hasher: inout Hasher) {
    for byte in description.utf8 { hasher.combine(byte) }
  }

  /// The text between slashes. Bytes, not characters: a slash and the accent behind it are one character, which is no
  /// slash to Swift but one to the file system.
  private static func names(of text: String) -> [String] {
    text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { String(Substring($0)) }
  }

  private static let stayBelow = "use a path below the output directory"

  private static func checkText(_ text: String) throws(OutputError) {
    guard !text.isEmpty else {
      throw bad(text, "the path is empty", advice: "name a file")
    }
    guard text.utf8.count <= longestPath else {
      throw bad(
        text, "the path has \(text.utf8.count) bytes, and \(longestPath) are the most", advice: "use a shorter one")
    }
    // The path would end at a NUL for the operating system; the others would forge lines in whatever lists the file.
    guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
      throw bad(text, "the path has a control character", advice: "leave it out")
    }
    guard text.utf8.first != UInt8(ascii: "/") else {
      throw bad(text, "the path is absolute", advice: stayBelow)
    }
  }

  private static func bad(_ text: String, _ problem: String, advice: String) -> OutputError {
    OutputError(.badPath, text, problem, advice: advice)
  }
}
