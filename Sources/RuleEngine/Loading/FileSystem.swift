import BoxClient

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Reading the rules' own folders.
enum FileSystem {
  enum Kind { case file, folder }

  /// What stands at a path, links followed; nil where there is nothing that rules could be in.
  static func kind(_ path: String) -> Kind? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: return .folder
    case S_IFREG: return .file
    default: return nil
    }
  }

  /// Where a symbolic link leads, as it says; nil where there is none.
  static func target(ofLink path: String) -> String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
      let count = readlink(path, buffer.baseAddress!, buffer.count)
      return count > 0 ? String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }
  }

  /// When a file was changed last; nil where there is none.
  static func changedAt(_ path: String) -> Timestamp? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    let time = status.st_mtim
    return Timestamp(seconds: Int64(time.tv_sec), nanoseconds: Int32(time.tv_nsec))
  }

  /// When the file was changed last, and how long it is: enough to see that it is another one.
  static func stamp(_ path: String) -> [Int] {
    var status = stat()
    guard stat(path, &status) == 0 else { return [] }
    return [Int(status.st_mtim.tv_sec), Int(status.st_mtim.tv_nsec), Int(status.st_size), Int(status.st_ino)]
  }

  /// The names in a folder, in the order of their bytes.
  static func names(in folder: String) throws -> [String] {
    guard let directory = opendir(folder) else { throw RuleSourceError(path: folder, problem: errorText()) }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// A whole file. Throws ``RuleSourceError``.
  static func read(_ path: String, limit: Int = 16 << 20) throws -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw RuleSourceError(path: path, problem: errorText()) }
    defer { close(file) }
    guard kind(path) == .file else { throw RuleSourceError(path: path, problem: "is no regular file") }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = chunk.withUnsafeMutableBytes { readSome(file, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw RuleSourceError(path: path, problem: errorText()) }
      guard count > 0 else { return bytes }
      bytes += chunk[..<count]
      if bytes.count > limit { throw RuleSourceError(path: path, problem: "is larger than \(limit >> 20) MiB") }
    }
  }

  private static func errorText() -> String { String(cString: strerror(errno)) }
}

/// read(2), by a name that no method hides.
private func readSome(_ file: CInt, _ into: UnsafeMutableRawPointer?, _ count: Int) -> Int { read(file, into, count) }
