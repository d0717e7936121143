#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A lock between processes, and between its holders within one. The system takes it back when its holder ends, however
/// that happens; the file stays.
final class FileLock: Sendable {
  private let descriptor: CInt

  /// Takes the lock; waits as long as another holds it, which must be brief.
  static func wait(_ path: String) throws -> FileLock {
    let descriptor = try open(path)
    while flock(descriptor, LOCK_EX) != 0 {
      guard errno == EINTR else { throw failure(path, closing: descriptor) }
    }
    return FileLock(descriptor)
  }

  /// Takes the lock if nobody holds it; else nil.
  static func take(_ path: String) throws -> FileLock? {
    let descriptor = try open(path)
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return FileLock(descriptor) }
    if errno == EWOULDBLOCK {
      close(descriptor)
      return nil
    }
    throw failure(path, closing: descriptor)
  }

  private init(_ descriptor: CInt) {
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  private static func open(_ path: String) throws -> CInt {
    #if canImport(Glibc)
      let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    #elseif canImport(Musl)
      let descriptor = Musl.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    #else
      let descriptor = Darwin.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    #endif
    guard descriptor >= 0 else { throw failure(path, closing: nil) }
    return descriptor
  }

  private static func failure(_ path: String, closing descriptor: CInt?) -> CredentialFileError {
    let reason = String(cString: strerror(errno)).lowercased()
    if let descriptor { close(descriptor) }
    return CredentialFileError(
      .cannotWrite, "\(path) cannot be locked: \(reason)",
      advice: "The program must be able to write to that folder: give it another with --state, or the right to.")
  }
}
