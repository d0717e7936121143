#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The output directory itself, open, and the directories that must not be reached through it.
struct OutputRoot: ~Copyable, Sendable {
  let descriptor: Descriptor
  private let states: [Identity]

  /// What tells a directory from all others, however it is spelt.
  private struct Identity: Equatable {
    let device: dev_t
    let inode: ino_t

    init(_ status: stat) {
      device = status.st_dev
      inode = status.st_ino
    }
  }

  /// - Parameter states: paths of state directories; one that does not exist holds nothing to protect.
  /// - Throws: when one of them is the output directory.
  init(_ descriptor: consuming Descriptor, _ path: String, states: [String]) throws(OutputError) {
    self.descriptor = descriptor
    self.states = states.compactMap { state in
      var status = stat()
      return stat(state, &status) == 0 ? Identity(status) : nil
    }
    guard try !self.states.contains(Identity(self.descriptor.status(path))) else {
      throw OutputError(
        .denied, path, "this is the state directory, which rules must not reach",
        advice: "choose another directory with --output")
    }
  }

  /// - Throws: when the directory is a state directory: what is there holds tokens, and no rule may read or change it.
  func requireAllowed(
    _ directory: borrowing Descriptor, _ place: @autoclosure () -> String, of path: String
  ) throws(OutputError) {
    guard !states.isEmpty, try states.contains(Identity(directory.status(path))) else { return }
    throw OutputError(
      .denied, path, "\(QuotedPath.of(place())) is the state directory, which rules must not reach",
      advice: "use another path")
  }
}

extension OutputRoot {
  static func open(_ path: String) throws(OutputError) -> Descriptor {
    if let root = try find(path) { return root }
    try make(path)
    guard let root = try find(path) else {
      throw .system(ENOENT, path, "the output directory cannot be opened")
    }
    return root
  }

  /// Nil where there is none.
  static func find(_ path: String) throws(OutputError) -> Descriptor? {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw OutputError(.badPath, path, "this cannot be an output directory", advice: "name one with --output")
    }
    guard let root = try existing(path) else { return nil }
    return try requireWritable(root, path)
  }

  private static func existing(_ path: String) throws(OutputError) -> Descriptor? {
    while true {
      if let root = Descriptor(openDirectory(path)) { return root }
      switch errno {
      case EINTR: continue
      case ENOENT: return nil
      case ENOTDIR:
        throw OutputError(
          .wrongKind, path, "the output directory or one above it is a file",
          advice: "remove the file, or choose another directory with --output")
      case let number: throw .system(number, path, "the output directory cannot be opened")
      }
    }
  }

  /// Makes the directory and those above it that are missing.
  private static func make(_ path: String) throws(OutputError) {
    var end = path.startIndex
    while end < path.endIndex {
      // From the second byte on: the first may be the root's slash.
      end = path.utf8[end...].dropFirst().firstIndex(of: UInt8(ascii: "/")) ?? path.endIndex
      guard mkdir(String(path[..<end]), 0o755) != 0, errno != EEXIST else { continue }
      // A directory that is there may refuse for another reason, as on a read-only disk.
      let number = errno
      guard access(String(path[..<end]), F_OK) == 0 else {
        throw .system(number, path, "the output directory cannot be made")
      }
    }
  }

  /// Told when the program starts, not when the first rule writes.
  private static func requireWritable(_ root: consuming Descriptor, _ path: String) throws(OutputError) -> Descriptor {
    guard faccessat(root.raw, ".", W_OK | X_OK, AT_EACCESS) == 0 else {
      throw .system(errno, path, "the output directory cannot be written to")
    }
    return root
  }
}

// The C function has the name of the function that calls it.
private func openDirectory(_ path: String) -> CInt {
  open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
}
