#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// An open file or directory, closed at the end of its life.
struct Descriptor: ~Copyable, Sendable {
  let raw: CInt

  /// Takes over the result of a system call; nil for -1, with `errno` as the call left it.
  init?(_ raw: CInt) {
    guard raw >= 0 else { return nil }
    self.raw = raw
  }

  deinit { close(raw) }
}

extension Descriptor {
  func status(_ path: String) throws(OutputError) -> stat {
    var status = stat()
    guard fstat(raw, &status) == 0 else { throw .system(errno, path, "cannot be examined") }
    return status
  }

  /// Writes as much as can be written, and gives the count and the `errno` that ended it early.
  func write(_ bytes: [UInt8]) -> (written: Int, failure: CInt?) {
    bytes.withUnsafeBytes { buffer in
      var written = 0
      while written < buffer.count {
        let count = systemWrite(raw, UnsafeRawBufferPointer(rebasing: buffer[written...]))
        if count > 0 {
          written += count
        } else if count == 0 {
          // No file system should; without this a broken one would hold us here for ever.
          return (written, EIO)
        } else if errno != EINTR {
          return (written, errno)
        }
      }
      return (written, nil)
    }
  }

  /// Reads up to `count` bytes from an offset; fewer only at the end of the file.
  func read(_ count: Int, at offset: Int, _ path: String) throws(OutputError) -> [UInt8] {
    var failure: CInt?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count, let start = buffer.baseAddress {
        let got = pread(raw, start + filled, count - filled, off_t(offset + filled))
        if got > 0 {
          filled += got
        } else if got == 0 {
          return
        } else if errno != EINTR {
          failure = errno
          return
        }
      }
    }
    if let failure { throw .system(failure, path, "cannot be read") }
    return bytes
  }

  /// Cuts the file; gives the `errno` where that fails.
  func truncate(to length: Int) -> CInt? {
    while ftruncate(raw, off_t(length)) != 0 {
      if errno != EINTR { return errno }
    }
    return nil
  }

  /// Waits until the content has reached the disk.
  func synchronize(_ path: String) throws(OutputError) {
    while fsync(raw) != 0 {
      if errno != EINTR { throw .system(errno, path, "cannot be brought to the disk") }
    }
  }
}

// The C function has the name of the method that calls it.
private func systemWrite(_ descriptor: CInt, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(descriptor, bytes.baseAddress, bytes.count)
}
