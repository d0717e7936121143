#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The opening of the output directory itself.
enum OutputRoot {
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
