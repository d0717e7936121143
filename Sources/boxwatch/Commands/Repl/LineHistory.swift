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

  /// Entries that a new prompt leaves in the file.
  static let most = 10_000
  /// Bytes of an entry.
  private static let longest = 64 << 10
  /// The end of the file that is read.
  private static let mostBytes = 8 << 20
  /// What shows, in small letters, that a secret may stand beside it.
  private static let signs = [
    "bearer ", "authorization", "password", "passwd", "client_secret", "access_token", "refresh_token", "api_key",
    "apikey", "private_key", "private key", "-----begin", "eyj",
  ]

  /// Makes the state directory where there is none.
  ///
  /// - Throws: ``LedgerError``, also where others could read the file.
  init(in directory: String, secrets: [String]) throws {
    let state = try StateDirectory.make(directory)
    _ = try state.holds("history")
    path = state.file("history")
    self.secrets = secrets.filter { $0.utf8.count >= 4 }
  }

  /// The newest entries, oldest first. A file that has grown beyond ``most`` is cut to them.
  func load() -> [String] {
    guard let file = open(O_RDONLY) else { return [] }
    defer { close(file) }
    let size = Int(lseek(file, 0, SEEK_END))
    let begin = max(0, size - Self.mostBytes)
    lseek(file, off_t(begin), SEEK_SET)
    var bytes = [UInt8](repeating: 0, count: size - begin)
    let count = read(file, &bytes, bytes.count)
    guard count > 0 else { return [] }
    var lines = bytes[..<count].split(separator: 0x0A)[...]
    // The first one may have lost its beginning.
    if begin > 0 { lines = lines.dropFirst() }
    if begin > 0 || lines.count > Self.most {
      lines = lines.suffix(Self.most)
      replace(with: lines)
    }
    return lines.map { Self.unescaped(String(decoding: $0, as: UTF8.self)) }
  }

  /// Whether the text may be kept: nothing that holds a secret or looks as if it did, nothing that begins with a space,
  /// nothing that nobody would scroll through.
  func mayKeep(_ text: String) -> Bool {
    guard let first = text.first, !first.isWhitespace, text.utf8.count <= Self.longest else { return false }
    if secrets.contains(where: text.contains) { return false }
    let lower = text.lowercased()
    return !Self.signs.contains(where: lower.contains)
  }

  /// Adds an entry. One write at the file's end, so that entries of two prompts never mix.
  func add(_ text: String) {
    guard let file = open(O_WRONLY | O_APPEND | O_CREAT) else { return }
    defer { close(file) }
    let line = Array((Self.escaped(text) + "\n").utf8)
    // An entry that cannot be kept is no reason to stop a person who types.
    _ = line.withUnsafeBytes { Descriptor.write(file, $0) }
  }

  // MARK: The file

  /// The file, locked until it is closed: what is at the path then is this file, and stays it.
  private func open(_ flags: CInt) -> CInt? {
    for _ in 0..<100 {
      let file = systemOpen(path, flags)
      guard file >= 0 else { return nil }
      var (own, current) = (stat(), stat())
      let isLocked = flock(file, LOCK_EX) == 0 && fstat(file, &own) == 0 && lstat(path, &current) == 0
      if isLocked, own.st_ino == current.st_ino, own.st_dev == current.st_dev { return file }
      // Another prompt has cut the history meanwhile: this is the file before.
      close(file)
    }
    return nil
  }

  /// Puts a file with these lines in the place of the one that is locked. What fails leaves that as it is.
  private func replace(with lines: ArraySlice<ArraySlice<UInt8>>) {
    let temporary = path + ".new"
    unlink(temporary)
    let file = systemOpen(temporary, O_WRONLY | O_CREAT | O_EXCL)
    guard file >= 0 else { return }
    let bytes = Array(lines.joined(separator: [0x0A])) + [0x0A]
    let written = bytes.withUnsafeBytes { Descriptor.write(file, $0) }
    close(file)
    if written != bytes.count || rename(temporary, path) != 0 { unlink(temporary) }
  }

  private func systemOpen(_ path: String, _ flags: CInt) -> CInt {
    #if canImport(Glibc)
      Glibc.open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0o600)
    #elseif canImport(Musl)
      Musl.open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0o600)
    #else
      Darwin.open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0o600)
    #endif
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
