#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The directory that holds everything that must outlive the process, readable by its owner alone.
///
/// The directory has mode 0700 and its files 0600: they hold tokens, and texts of events that the reader may not be
/// entitled to. Wider ones are refused instead of narrowed: who could read them until now is for a person to judge.
public struct StateDirectory: Sendable, Hashable {
  /// As it was given.
  public let path: String

  /// Opens the directory, and makes it and the ones above it where they are missing, with mode 0700.
  /// - Throws: `cannotCreate`, `exposed`; `full` or `readOnly` where that is the reason.
  public static func make(_ path: String) throws(LedgerError) -> StateDirectory {
    try makeDirectories(path)
    guard let directory = try find(path) else {
      throw .system(ENOENT, path, "cannot be opened", otherwise: .cannotCreate)
    }
    return directory
  }

  /// Opens the directory and makes nothing; nil when there is none.
  /// - Throws: `exposed`, `failed`.
  public static func find(_ path: String) throws(LedgerError) -> StateDirectory? {
    var status = stat()
    guard stat(path, &status) == 0 else {
      if errno == ENOENT { return nil }
      throw .system(errno, path, "cannot be opened", otherwise: .cannotCreate)
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw .system(ENOTDIR, path, "cannot hold the state", otherwise: .cannotCreate)
    }
    try check(status, path, narrow: "chmod 700 \(path)", more: " (in a systemd unit: StateDirectoryMode=0700)")
    return StateDirectory(path: path)
  }

  /// The path of a file in it.
  public func file(_ name: String) -> String { path.hasSuffix("/") ? path + name : path + "/" + name }

  /// Whether the file exists.
  /// - Throws: `exposed` when others could read it or it is someone else's.
  public func holds(_ name: String) throws(LedgerError) -> Bool {
    let file = file(name)
    var status = stat()
    guard stat(file, &status) == 0 else {
      if errno == ENOENT { return false }
      throw .system(errno, file, "cannot be opened")
    }
    try Self.check(status, file, narrow: "chmod 600 \(file)")
    return true
  }

  private static func check(
    _ status: stat, _ path: String, narrow: String, more: String = ""
  ) throws(LedgerError) {
    guard status.st_uid == geteuid() else {
      throw LedgerError(
        .exposed, "\(path) belongs to user \(status.st_uid), and the program runs as user \(geteuid())",
        advice: "run it as that user, or give the path to this one: chown \(geteuid()) \(path), then \(narrow)")
    }
    guard status.st_mode & 0o077 == 0 else {
      let mode = String(status.st_mode & 0o777, radix: 8)
      throw LedgerError(
        .exposed, "\(path) has mode \(mode): others may read tokens and events", advice: narrow + more)
    }
  }

  private static func makeDirectories(_ path: String) throws(LedgerError) {
    if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let parent = parent(of: path) else {
      throw .system(errno, path, "cannot be made", otherwise: .cannotCreate)
    }
    try makeDirectories(parent)
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
      throw .system(errno, path, "cannot be made", otherwise: .cannotCreate)
    }
  }

  /// The path up to its last name; nil when it has but one.
  private static func parent(of path: String) -> String? {
    var rest = path[...]
    while rest.last == "/" { rest.removeLast() }
    guard let slash = rest.lastIndex(of: "/") else { return nil }
    rest = rest[..<slash]
    while rest.last == "/" { rest.removeLast() }
    return rest.isEmpty ? nil : String(rest)
  }
}
