import Ledger

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What was typed, in the state directory's file `history`: an entry a line, appended by any number of prompts at once.
struct LineHistory: Sendable {
  private let path: String
  /// What must not be in the file, such as the environment's credentials.
  private let secrets: [String]

  /// The end of the file that is read.
  private static let most = 256 << 10

  /// Makes the state directory where there is none.
  ///
  /// - Throws: ``LedgerError``, also where others could read the file.
  init(in directory: String, secrets: [String]) throws {
    let state = try StateDirectory.make(directory)
    _ = try state.holds("history")
    path = state.file("history")
    self.secrets = secrets.filter { $0.utf8.count >= 4 }
  }

  /// The newest entries, oldest first.
  func load() -> [String] {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard file >= 0 else { return [] }
    defer { close(file) }
    let size = lseek(file, 0, SEEK_END)
    let begin = max(0, Int(size) - Self.most)
    lseek(file, off_t(begin), SEEK_SET)
    var bytes = [UInt8](repeating: 0, count: Int(size) - begin)
    let count = read(file, &bytes, bytes.count)
    guard count > 0 else { return [] }
    let lines = bytes[..<count].split(separator: 0x0A).map { Self.unescaped(String(decoding: $0, as: UTF8.self)) }
    return Array(begin > 0 ? lines.dropFirst() : lines[...])
  }

  /// Whether the text may be kept: nothing that looks like a secret, nothing that begins with a space.
  func mayKeep(_ text: String) -> Bool {
    guard let first = text.first, !first.isWhitespace else { return false }
    if secrets.contains(where: text.contains) { return false }
    let lower = text.lowercased()
    return ![
      "bearer ", "authorization", "password", "passwd", "client_secret", "access_token", "api_key", "apikey",
      "private_key",
    ].contains(where: lower.contains)
  }

  /// Adds an entry. One write at the file's end, so that entries of two prompts never mix.
  func add(_ text: String) {
    let file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { return }
    defer { close(file) }
    let line = Array((Self.escaped(text) + "\n").utf8)
    // An entry that cannot be kept is no reason to stop a person who types.
    _ = line.withUnsafeBytes { Descriptor.write(file, $0) }
  }

  private static func escaped(_ text: String) -> String {
    var line = ""
    for character in text.unicodeScalars {
      switch character {
      case "\\": line += "\\\\"
      case "\n": line += "\\n"
      case "\r": line += "\\r"
      default: line.unicodeScalars.append(character)
      }
    }
    return line
  }

  private static func unescaped(_ line: String) -> String {
    var text = ""
    var isEscaped = false
    for character in line.unicodeScalars {
      if isEscaped {
        isEscaped = false
        text.unicodeScalars.append(character == "n" ? "\n" : character == "r" ? "\r" : character)
      } else if character == "\\" {
        isEscaped = true
      } else {
        text.unicodeScalars.append(character)
      }
    }
    return text
  }
}
