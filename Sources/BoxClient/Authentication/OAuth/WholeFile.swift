#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Files of secrets, read and written as a whole, for their owner alone.
enum WholeFile {
  /// The content; nil where there is no such file.
  /// - Throws: ``CredentialFileError``, also where others could read the file.
  static func read(_ path: String) throws -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard file >= 0 else {
      if errno == ENOENT { return nil }
      throw failure(.cannotRead, path, "cannot be read")
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw failure(.cannotRead, path, "cannot be read") }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(), status.st_mode & 0o077 == 0 else {
      let mode = String(status.st_mode & 0o777, radix: 8)
      throw CredentialFileError(
        .exposed, "\(path) has mode \(mode) and belongs to user \(status.st_uid): it holds tokens",
        advice: "It must be a file of user \(geteuid()) alone: chmod 600 \(path)")
    }
    var content: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16 << 10)
    while true {
      let count = chunk.withUnsafeMutableBytes { readBytes(file, $0) }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw failure(.cannotRead, path, "cannot be read") }
      guard count > 0 else { return content }
      content += chunk[..<count]
      guard content.count <= 1 << 20 else {
        throw CredentialFileError(
          .damaged, "\(path) is larger than any file of credentials", advice: "Put it aside and sign in again.")
      }
    }
  }

  /// Writes the content and brings it to the disk. What was there is gone.
  static func write(_ content: [UInt8], to path: String) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw failure(.cannotWrite, path, "cannot be made") }
    defer { close(file) }
    guard fchmod(file, 0o600) == 0 else { throw failure(.cannotWrite, path, "cannot be made the user's own") }
    var rest = content[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { writeBytes(file, $0) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw failure(.cannotWrite, path, "cannot be written") }
      rest = rest.dropFirst(count)
    }
    guard fsync(file) == 0 else { throw failure(.cannotWrite, path, "cannot be brought to the disk") }
  }

  /// Puts one file in another's place, and brings the folder's entry to the disk.
  static func rename(_ source: String, to target: String, in directory: String) throws {
    guard systemRename(source, target) == 0 else { throw failure(.cannotWrite, target, "cannot be replaced") }
    let folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw failure(.cannotWrite, directory, "cannot be opened") }
    defer { close(folder) }
    // Some file systems know no such call for folders; then there is nothing to wait for.
    guard fsync(folder) == 0 || errno == EINVAL else {
      throw failure(.cannotWrite, directory, "cannot be brought to the disk")
    }
  }

  static func remove(_ path: String) { unlink(path) }

  private static func failure(_ kind: CredentialFileError.Kind, _ path: String, _ what: String) -> CredentialFileError {
    CredentialFileError(
      kind, "\(path) \(what): \(String(cString: strerror(errno)).lowercased())",
      advice: "The state directory must be this user's own and writable, and its disk must have room.")
  }

  // Named, since the C functions have the names of the functions above.
  #if canImport(Glibc)
    private static func readBytes(_ file: CInt, _ room: UnsafeMutableRawBufferPointer) -> Int {
      Glibc.read(file, room.baseAddress, room.count)
    }
    private static func writeBytes(_ file: CInt, _ bytes: UnsafeRawBufferPointer) -> Int {
      Glibc.write(file, bytes.baseAddress, bytes.count)
    }
    private static func systemRename(_ source: String, _ target: String) -> CInt { Glibc.rename(source, target) }
  #elseif canImport(Musl)
    private static func readBytes(_ file: CInt, _ room: UnsafeMutableRawBufferPointer) -> Int {
      Musl.read(file, room.baseAddress, room.count)
    }
    private static func writeBytes(_ file: CInt, _ bytes: UnsafeRawBufferPointer) -> Int {
      Musl.write(file, bytes.baseAddress, bytes.count)
    }
    private static func systemRename(_ source: String, _ target: String) -> CInt { Musl.rename(source, target) }
  #else
    private static func readBytes(_ file: CInt, _ room: UnsafeMutableRawBufferPointer) -> Int {
      Darwin.read(file, room.baseAddress, room.count)
    }
    private static func writeBytes(_ file: CInt, _ bytes: UnsafeRawBufferPointer) -> Int {
      Darwin.write(file, bytes.baseAddress, bytes.count)
    }
    private static func systemRename(_ source: String, _ target: String) -> CInt { Darwin.rename(source, target) }
  #endif
}
