#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// An open file, or standard input.
struct InputFile: ~Copyable, Sendable {
  /// The path as it was given; `standard input` for `-`.
  let name: String
  private let descriptor: CInt
  private static let standardInput = "-"

  init(path: String) throws(RecordedEventsError) {
    name = Self.name(of: path)
    guard path != Self.standardInput else {
      descriptor = 0
      return
    }
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.failure(path, errno) }
  }

  deinit {
    if descriptor > 0 { close(descriptor) }
  }

  static func name(of path: String) -> String { path == standardInput ? "standard input" : path }

  /// The file's size; nil where it has none. Throws for a path that cannot be read.
  static func size(of path: String) throws(RecordedEventsError) -> Int? {
    var status = stat()
    if path == standardInput {
      guard fstat(0, &status) == 0 else { throw failure(path, errno) }
    } else {
      guard stat(path, &status) == 0, access(path, R_OK) == 0 else { throw failure(path, errno) }
    }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: throw .directory(name(of: path))
    case S_IFREG: return Int(status.st_size)
    default: return nil
    }
  }

  /// Reads into the memory and returns how much; 0 at the end.
  func read(into memory: UnsafeMutableRawBufferPointer) throws(RecordedEventsError) -> Int {
    while true {
      let count = Self.systemRead(descriptor, memory)
      if count >= 0 { return count }
      switch errno {
      case EINTR: continue
      case EAGAIN:
        // Standard input may be shared with a program that has made it non-blocking.
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        poll(&waiting, 1, -1)
      case let code: throw Self.failure(name, code)
      }
    }
  }

  private static func failure(_ path: String, _ code: CInt) -> RecordedEventsError {
    switch code {
    case ENOENT, ENOTDIR: .missing(name(of: path))
    case EISDIR: .directory(name(of: path))
    default: .unreadable(name(of: path), String(cString: strerror(code)).lowercased())
    }
  }

  // The C function has the name of the method that calls it.
  private static func systemRead(_ descriptor: CInt, _ memory: UnsafeMutableRawBufferPointer) -> Int {
    #if canImport(Glibc)
      Glibc.read(descriptor, memory.baseAddress, memory.count)
    #elseif canImport(Musl)
      Musl.read(descriptor, memory.baseAddress, memory.count)
    #else
      Darwin.read(descriptor, memory.baseAddress, memory.count)
    #endif
  }
}
