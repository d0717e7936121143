import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The right to write to a state directory: one process at a time has it.
///
/// The system takes the lock back when the process ends, however it ends. The file stays: were it removed, two processes
/// could hold locks on two files of that name.
public final class StateLock: Sendable {
  public static let fileName = "lock"

  public let directory: StateDirectory
  private let descriptor: Mutex<CInt?>

  /// Takes the lock, and writes the process's id into the file.
  /// - Throws: `held`, naming the other process; `cannotCreate`, `exposed`.
  public init(_ directory: StateDirectory) throws(LedgerError) {
    let path = directory.file(Self.fileName)
    _ = try directory.holds(Self.fileName)
    // Closed in programs that the process starts: they must not keep the lock when it has ended.
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw .system(errno, path, "cannot be opened", otherwise: .cannotCreate) }
    var failure: LedgerError?
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      failure =
        errno == EWOULDBLOCK
        ? Self.held(directory, by: Self.holder(descriptor)) : .system(errno, path, "cannot be locked")
    } else {
      Self.write("\(getpid())\n", to: descriptor)
    }
    if let failure {
      close(descriptor)
      throw failure
    }
    self.directory = directory
    self.descriptor = Mutex(descriptor)
  }

  deinit { release() }

  /// Gives the lock back.
  public func release() {
    descriptor.withLock { descriptor in
      guard let held = descriptor else { return }
      ftruncate(held, 0)
      close(held)
      descriptor = nil
    }
  }

  private static func held(_ directory: StateDirectory, by process: Int?) -> LedgerError {
    let who = process.map { "process \($0)" } ?? "another process"
    return LedgerError(
      .held, "\(directory.path) is held by \(who)", advice: LedgerError.Kind.held.advice(directory.path))
  }

  /// The id in the file; nil in the moment before the holder has written it.
  private static func holder(_ descriptor: CInt) -> Int? {
    let text = withUnsafeTemporaryAllocation(byteCount: 24, alignment: 1) { buffer in
      let count = pread(descriptor, buffer.baseAddress, buffer.count, 0)
      return String(decoding: buffer.prefix(max(count, 0)).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
    return Int(text)
  }

  /// A help for the message of the next process, no more: that it fails does no harm.
  private static func write(_ text: String, to descriptor: CInt) {
    ftruncate(descriptor, 0)
    _ = Array(text.utf8).withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
  }
}
