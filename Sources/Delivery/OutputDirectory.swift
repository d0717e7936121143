import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The directory below which rules write their files (`--output`).
///
/// It is opened once: whoever renames it or puts another in its place changes nothing for a process that runs. Nothing
/// outside it is reached, and no symbolic link below it is followed. All calls but `check` are made one after the
/// other; each blocks for as long as the disk takes. The process must ignore `SIGXFSZ`, or a file size limit ends it
/// instead of failing a call.
///
/// ```swift
/// let output = try OutputDirectory(path: "output")
/// try output.append(Array("a line\n".utf8), to: OutputPath("log.txt"))
/// ```
public final class OutputDirectory: Sendable {
  /// The path as it was given, for messages.
  public let path: String
  private let root: OutputRoot
  /// Who reads or writes a file.
  private let turn = Mutex(())
  private let durable: Bool

  /// Opens the directory; it and those above it are made when they are missing, with mode 0755.
  /// - Parameters:
  ///   - path: relative to the working directory, or absolute. Symbolic links in it are followed: the user chose it.
  ///   - states: paths of state directories, which no call reaches where they are below this one.
  ///   - durable: whether a call returns only when its content has reached the disk, to survive a loss of power.
  /// - Throws: when it cannot be made, cannot be written to, or is a state directory.
  public convenience init(path: String, states: [String] = [], durable: Bool = false) throws(OutputError) {
    self.init(try OutputRoot(OutputRoot.open(path), path, states: states), path, durable)
  }

  /// Opens the directory and makes nothing; nil where there is none.
  public convenience init?(existing path: String, states: [String] = [], durable: Bool = false) throws(OutputError) {
    guard let root = try OutputRoot.find(path) else { return nil }
    self.init(try OutputRoot(root, path, states: states), path, durable)
  }

  private init(_ root: consuming OutputRoot, _ path: String, _ durable: Bool) {
    self.path = path
    self.durable = durable
    self.root = root
  }

  /// Adds to the end of a file, which is made when it is missing, with the directories on its way. All of the text is
  /// written, or an error is thrown and the file has its former length.
  /// - Parameters:
  ///   - rotation: when the file gives way to a new one first.
  ///   - header: written before the text into a file that is missing, empty or freshly rotated.
  ///   - mark: for an append that a crash may have cut short: what `mark(of:)` gave before it, or the `Appended` of the
  ///     append before it. What is missing of it is made; what is there is not repeated.
  @discardableResult
  public func append(
    _ bytes: [UInt8], to path: OutputPath, rotation: FileRotation? = nil, header: [UInt8]? = nil,
    resuming mark: FileMark? = nil
  ) throws(OutputError) -> Appended {
    let append = FileAppend(bytes: bytes, rotation: rotation, header: header, durable: durable)
    return try turn.withLock { (_) throws(OutputError) in
      try append.perform(on: ConfinedFile.make(path, in: root), resuming: mark)
    }
  }

  /// The file and its length as they are now.
  public func mark(of path: OutputPath) throws(OutputError) -> FileMark {
    try turn.withLock { (_) throws(OutputError) in
      guard let status = try ConfinedFile.find(path, in: root)?.regularStatus() else {
        return .missing
      }
      return FileMark(file: UInt64(status.st_ino), length: Int(status.st_size))
    }
  }

  /// Replaces the content of a file, or makes the file with mode 0644. Whoever reads it meanwhile sees the old content
  /// or the new, never a part; its mode is kept. After an error the old content is still there.
  public func write(_ bytes: [UInt8], to path: OutputPath) throws(OutputError) {
    let write = AtomicWrite(bytes: bytes, durable: durable)
    try turn.withLock { (_) throws(OutputError) in
      try write.perform(on: ConfinedFile.make(path, in: root))
    }
  }

  /// The content of a file; nil when there is none.
  /// - Parameter limit: the most bytes that may be read; a larger file is an error.
  public func read(_ path: OutputPath, limit: Int) throws(OutputError) -> [UInt8]? {
    try turn.withLock { (_) throws(OutputError) in
      guard let file = try ConfinedFile.find(path, in: root) else { return nil }
      guard let source = try file.open(O_RDONLY) else { return nil }
      let size = try Int(source.status(file.path).st_size)
      guard size <= limit else {
        throw OutputError(
          .tooLarge, file.path, "it has \(size) bytes, and \(limit) are the most that is read at once",
          advice: "keep it smaller, for example with rotate")
      }
      return try source.read(size, at: 0, file.path)
    }
  }

  /// Walks to the file as a later call would. A file or directory that is missing is fine.
  /// - Throws: when a symbolic link or something other than a directory stands on the way, or something other than a
  ///   regular file at its end. The later call tests again: what is there may have changed.
  public func check(_ path: OutputPath) throws(OutputError) {
    // Without a turn: a rule asks before it appends, and must not wait for a write of another rule.
    _ = try ConfinedFile.find(path, in: root)?.regularStatus()
  }
}
