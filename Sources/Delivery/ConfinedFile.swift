#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file's place below the output directory: its directory, open, and its name in it.
///
/// The way down is walked one name at a time from the open output directory, and no step follows a symbolic link. A
/// check of the whole path beforehand would not do: whoever can write into the directory could put a link there between
/// the check and the use. What is opened here stays what it is, whatever becomes of the names.
struct ConfinedFile: ~Copyable {
  let directory: Descriptor
  let name: String
  /// For messages.
  let path: String

  /// Walks down to the file's directory; nil when a directory is missing.
  static func find(
    _ path: OutputPath, in root: borrowing OutputRoot
  ) throws(OutputError) -> ConfinedFile? {
    var directory = try duplicate(root.descriptor, path)
    for depth in path.directories.indices {
      guard let next = try enter(depth, of: path, in: directory) else { return nil }
      try root.requireAllowed(next, path.components[...depth].joined(separator: "/"), of: path.description)
      directory = next
    }
    return ConfinedFile(directory: directory, name: path.name, path: path.description)
  }

  /// Walks down to the file's directory, and makes what is missing on the way with mode 0755.
  static func make(
    _ path: OutputPath, in root: borrowing OutputRoot
  ) throws(OutputError) -> ConfinedFile {
    var directory = try duplicate(root.descriptor, path)
    for depth in path.directories.indices {
      directory = try enterOrMake(depth, of: path, in: directory)
      try root.requireAllowed(directory, path.components[...depth].joined(separator: "/"), of: path.description)
    }
    return ConfinedFile(directory: directory, name: path.name, path: path.description)
  }

  private static func duplicate(
    _ root: borrowing Descriptor, _ path: OutputPath
  ) throws(OutputError) -> Descriptor {
    guard let copy = Descriptor(fcntl(root.raw, F_DUPFD_CLOEXEC, 0)) else {
      throw .system(errno, path.description, "cannot be opened")
    }
    return copy
  }

  private static func enterOrMake(
    _ depth: Int, of path: OutputPath, in directory: borrowing Descriptor
  ) throws(OutputError) -> Descriptor {
    if let next = try enter(depth, of: path, in: directory) { return next }
    // EEXIST: another program was faster; opening it tells what it made.
    guard mkdirat(directory.raw, path.components[depth], 0o755) == 0 || errno == EEXIST else {
      throw .system(errno, path.description, "its directory cannot be made")
    }
    // A file's name is durable only when its directory's is. Not every file system can, and this happens once.
    fsync(directory.raw)
    guard let next = try enter(depth, of: path, in: directory) else {
      throw .system(ENOENT, path.description, "cannot be opened")
    }
    return next
  }

  private static func enter(
    _ depth: Int, of path: OutputPath, in directory: borrowing Descriptor
  ) throws(OutputError) -> Descriptor? {
    let component = path.components[depth]
    let text = path.description
    var place: String { path.components[...depth].joined(separator: "/") }
    while true {
      if let next = Descriptor(openat(directory.raw, component, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) {
        return next
      }
      switch errno {
      case EINTR: continue
      case ENOENT: return nil
      // Linux says ENOTDIR for a link too: O_DIRECTORY is tested first.
      case ENOTDIR, ELOOP, EMLINK:
        let mode = try status(of: component, in: directory, text)?.st_mode ?? 0
        throw mode & S_IFMT == S_IFLNK ? .symbolicLink(place, of: text) : .notDirectory(place, of: text)
      case let number: throw .system(number, text, "the directory \(QuotedPath.of(place)) cannot be opened")
      }
    }
  }

  private static func status(
    of name: String, in directory: borrowing Descriptor, _ path: String
  ) throws(OutputError) -> stat? {
    var status = stat()
    if fstatat(directory.raw, name, &status, AT_SYMLINK_NOFOLLOW) == 0 { return status }
    if errno == ENOENT { return nil }
    throw .system(errno, path, "cannot be examined")
  }
}

extension ConfinedFile {
  /// What stands under the name, or under the name with a suffix; nil when nothing does.
  func status(suffix: String = "") throws(OutputError) -> stat? {
    try Self.status(of: name + suffix, in: directory, path)
  }

  /// What stands under the name; nil when nothing does.
  /// - Throws: when it is a symbolic link or no regular file.
  func regularStatus() throws(OutputError) -> stat? {
    guard let status = try status() else { return nil }
    try requireRegular(status)
    return status
  }

  /// Opens the regular file; nil when there is none and `flags` does not ask to create it.
  func open(_ flags: CInt, suffix: String = "") throws(OutputError) -> Descriptor? {
    // O_NONBLOCK: opening a FIFO would otherwise wait for its other end. On regular files it has no effect.
    let flags = flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
    while true {
      guard let descriptor = Descriptor(openat(directory.raw, name + suffix, flags, 0o644)) else {
        switch errno {
        case EINTR: continue
        case ENOENT where flags & O_CREAT == 0: return nil
        case let number: throw try refusal(number, suffix)
        }
      }
      try requireRegular(descriptor.status(path))
      return descriptor
    }
  }

  /// Why the file could not be opened: what stands there explains more than the number does.
  private func refusal(_ number: CInt, _ suffix: String) throws(OutputError) -> OutputError {
    if let status = try status(suffix: suffix) { try requireRegular(status) }
    return .system(number, path, "cannot be opened")
  }

  private func requireRegular(_ status: stat) throws(OutputError) {
    switch status.st_mode & S_IFMT {
    case S_IFREG: return
    case S_IFLNK: throw .symbolicLink(path, of: path)
    case let kind: throw .notRegularFile(kind, path)
    }
  }
}
