#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The replacement of a whole file: readers see the old content or the new, never a part.
struct AtomicWrite {
  let bytes: [UInt8]
  /// Whether the content reaches the disk before the write returns.
  let durable: Bool

  func perform(on file: borrowing ConfinedFile) throws(OutputError) {
    let mode = try file.regularStatus().map { $0.st_mode & 0o777 }
    // A name that nobody guesses: two processes may write the same file at once. A crash may leave the file behind; the
    // write is then made again under another name.
    let name = ".boxwatch-" + String(UInt64.random(in: .min ... .max), radix: 36) + ".tmp"
    do throws(OutputError) {
      try fill(name, mode, beside: file)
      guard renameat(file.directory.raw, name, file.directory.raw, file.name) == 0 else {
        throw .system(errno, file.path, "cannot be replaced")
      }
    } catch {
      unlinkat(file.directory.raw, name, 0)
      throw error
    }
    if durable { try file.directory.synchronize(file.path) }
  }

  /// - Parameter mode: the mode of the file that is replaced.
  private func fill(_ name: String, _ mode: mode_t?, beside file: borrowing ConfinedFile) throws(OutputError) {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    // With its mode from the start: nobody may open it from whom the old file was kept.
    guard let temporary = Descriptor(openat(file.directory.raw, name, flags, mode ?? 0o644)) else {
      throw .system(errno, file.path, "cannot be written, as no temporary file can be made beside it")
    }
    // The process's umask may have taken some of it.
    if let mode, fchmod(temporary.raw, mode) != 0 {
      throw .system(errno, file.path, "its permissions cannot be kept")
    }
    if let failure = temporary.write(bytes).failure { throw .system(failure, file.path, "cannot be written") }
    if durable { try temporary.synchronize(file.path) }
  }
}
