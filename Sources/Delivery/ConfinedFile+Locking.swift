#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension ConfinedFile {
  /// Attempts at the lock, a millisecond apart.
  private static let lockAttempts = 2000
  /// Attempts to lock the file before another program replaces it.
  private static let openAttempts = 100

  /// Opens the file for appending, made when it is missing, and holds its lock until the descriptor is closed.
  ///
  /// Two processes may share an output directory, `run` and a `replay` beside it. The lock lets only one of them rotate
  /// the file or write its header. A file that was rotated or replaced while we waited for it is let go.
  ///
  /// - Parameter access: `O_WRONLY`, or `O_RDWR` to read it too.
  func openLocked(_ access: CInt = O_WRONLY) throws(OutputError) -> Descriptor {
    for _ in 0..<Self.openAttempts {
      guard let descriptor = try open(access | O_APPEND | O_CREAT) else { continue }
      try lock(descriptor)
      let current = try regularStatus()
      if try current?.st_ino == descriptor.status(path).st_ino { return descriptor }
    }
    throw OutputError(
      .busy, path, "another program replaces it all the time", advice: Self.separation)
  }

  private static let separation = "end that program, or use another output directory"

  private func lock(_ descriptor: borrowing Descriptor) throws(OutputError) {
    // With a bound: a program that is stopped while it holds the lock must not stop ours.
    for _ in 0..<Self.lockAttempts {
      if flock(descriptor.raw, LOCK_EX | LOCK_NB) == 0 { return }
      switch errno {
      case EWOULDBLOCK: usleep(1000)
      case EINTR: continue
      // A file system without locks: appends are whole there too, and only a shared directory is left unguarded.
      default: return
      }
    }
    throw OutputError(
      .busy, path, "another program holds a lock on it", advice: Self.separation)
  }
}
