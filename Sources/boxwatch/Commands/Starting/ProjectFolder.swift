#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The folder that a project is written into. What is there stays as it is.
struct ProjectFolder {
  let path: String

  /// Where a file of the project stands.
  func path(_ name: String) -> String {
    path == "." ? name : path.hasSuffix("/") ? path + name : path + "/" + name
  }

  /// Writes all files, or none where one of them is there already.
  /// - Throws: ``CommandFailure`` (73) that names the file.
  func write(_ files: [StarterProject.File]) throws {
    for file in files {
      var status = stat()
      if let folder = folder(of: file), lstat(folder, &status) == 0, status.st_mode & S_IFMT != S_IFDIR {
        throw CommandFailure(
          .cannotCreate, "\(folder) is there already, and no folder; nothing was written",
          advice: "Move it away, or name another folder: boxwatch init DIR")
      }
      if lstat(path(file.name), &status) == 0 {
        throw CommandFailure(
          .cannotCreate, "\(path(file.name)) is there already; nothing was written",
          advice: "Move it away, or name another folder: boxwatch init DIR")
      }
    }
    for file in files {
      if let folder = folder(of: file) { try makeFolder(folder) }
      try create(path(file.name), file.text)
    }
  }

  /// Makes the folder where it is missing.
  func make() throws { try makeFolder(path) }

  private func folder(of file: StarterProject.File) -> String? {
    file.name.lastIndex(of: "/").map { path(String(file.name[..<$0])) }
  }

  private func makeFolder(_ path: String) throws {
    guard mkdir(path, 0o755) != 0 else { return }
    if errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex {
      try makeFolder(String(path[..<slash]))
      if mkdir(path, 0o755) == 0 { return }
    }
    var status = stat()
    guard errno == EEXIST, stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      let reason = errno == EEXIST ? "a file of that name is in the way" : String(cString: strerror(errno)).lowercased()
      throw CommandFailure(
        .cannotCreate, "the folder \(path) cannot be made: \(reason)", advice: "Name another folder.")
    }
  }

  private func create(_ path: String, _ text: String) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw failure(path) }
    defer { close(file) }
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Descriptor.write(file, $0) }
      guard written > 0 || errno == EINTR else { throw failure(path) }
      rest = rest.dropFirst(max(0, written))
    }
  }

  private func failure(_ path: String) -> CommandFailure {
    CommandFailure(
      .cannotCreate, "\(path) cannot be written: \(String(cString: strerror(errno)).lowercased())",
      advice: "Name a folder that this user may write to.")
  }
}
