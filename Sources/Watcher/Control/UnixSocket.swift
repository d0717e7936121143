#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The system calls for a stream socket in a directory. Descriptors do not block, and are closed in programs that the
/// process starts.
enum UnixSocket {
  /// What the system reports, and at which step.
  struct Failure: Error {
    let code: CInt
    let step: String

    var text: String { "\(step): \(String(cString: strerror(code)))" }
  }

  /// Listens at a path that only its owner can connect to. A socket that an earlier process left there goes.
  static func open(listeningAt path: String) throws(Failure) -> CInt {
    try removeSocket(at: path)
    let descriptor = try make()
    // The mode of the descriptor becomes that of the file: it is never wider, not even for a moment.
    guard fchmod(descriptor, 0o600) == 0 else { throw failure("its mode cannot be set", closing: descriptor) }
    let bound = try withAddress(path) { bind(descriptor, $0, $1) }
    guard bound == 0 else { throw failure("the socket cannot be made", closing: descriptor) }
    guard listen(descriptor, longestQueue) == 0 else { throw failure("nobody can connect", closing: descriptor) }
    return descriptor
  }

  /// Connects; nil where nobody listens, or where too many wait to be let in (`isFull`).
  static func open(connectedTo path: String) throws(Failure) -> (descriptor: CInt?, isFull: Bool) {
    let descriptor = try make()
    let connected = try withAddress(path) { connect(descriptor, $0, $1) }
    guard connected != 0 else { return (descriptor, false) }
    let code = errno
    close(descriptor)
    switch code {
    case ENOENT, ECONNREFUSED, ENOTDIR: return (nil, false)
    case EAGAIN: return (nil, true)
    default: throw Failure(code: code, step: "the watcher's socket cannot be reached")
    }
  }

  /// The next connection; nil where none waits.
  static func nextConnection(of listener: CInt) throws(Failure) -> CInt? {
    let descriptor = accept(listener, nil, nil)
    guard descriptor < 0 else {
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
      _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
      return descriptor
    }
    switch errno {
    // One that has gone again is none.
    case EAGAIN, EINTR, ECONNABORTED: return nil
    default: throw Failure(code: errno, step: "a connection cannot be taken")
    }
  }

  /// The user on the other side, as the system knows it; nil where it does not.
  static func peer(of descriptor: CInt) -> uid_t? {
    // The system's `struct ucred`, which Swift does not see.
    var peer: (process: pid_t, user: uid_t, group: gid_t) = (0, 0, 0)
    var size = socklen_t(MemoryLayout.size(ofValue: peer))
    return getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 ? peer.user : nil
  }

  static func remove(_ path: String) { unlink(path) }

  private static func removeSocket(at path: String) throws(Failure) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFSOCK else {
      throw Failure(code: EEXIST, step: "something that is no socket is in its place")
    }
    guard unlink(path) == 0 else { throw Failure(code: errno, step: "the socket of an earlier run cannot be removed") }
  }

  private static func make() throws(Failure) -> CInt {
    let kind = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
    let descriptor = socket(AF_UNIX, kind, 0)
    guard descriptor >= 0 else { throw Failure(code: errno, step: "there is no socket to be had") }
    return descriptor
  }

  private static func failure(_ step: String, closing descriptor: CInt) -> Failure {
    let code = errno
    close(descriptor)
    return Failure(code: code, step: step)
  }

  /// Calls `body` with the path as an address. One that is too long for an address (107 bytes) goes by its directory's
  /// descriptor.
  private static func withAddress(
    _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt
  ) throws(Failure) -> CInt {
    if var address = address(path) { return withPointer(to: &address, body) }
    let slash = path.lastIndex(of: "/") ?? path.startIndex
    let directory = systemOpen(String(path[..<slash]), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { throw Failure(code: errno, step: "its directory cannot be opened") }
    defer { close(directory) }
    guard var address = address("/proc/self/fd/\(directory)\(path[slash...])") else {
      throw Failure(code: ENAMETOOLONG, step: "its name is too long")
    }
    return withPointer(to: &address, body)
  }

  private static func address(_ path: String) -> sockaddr_un? {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let fits = withUnsafeMutableBytes(of: &address.sun_path) { field in
      // A zero must stand behind it.
      guard path.utf8.count < field.count else { return false }
      field.copyBytes(from: path.utf8)
      return true
    }
    return fits ? address : nil
  }

  private static func withPointer(
    to address: inout sockaddr_un, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt
  ) -> CInt {
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    }
  }

  private static let longestQueue: CInt = 16

  // The C function has the name of the methods that call it.
  private static func systemOpen(_ path: String, _ flags: CInt) -> CInt {
    #if canImport(Glibc)
      Glibc.open(path, flags)
    #elseif canImport(Musl)
      Musl.open(path, flags)
    #else
      Darwin.open(path, flags)
    #endif
  }
}
