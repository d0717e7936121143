#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A whole file and who may read it.
struct FileContent {
  let bytes: [UInt8]
  let isReadableByOthers: Bool

  struct Failure: Error {
    let isMissing: Bool
    /// Goes on after the path: `does not exist`.
    let problem: String
  }

  var text: String? { String(validating: bytes, as: UTF8.self) }

  init(bytes: [UInt8], isReadableByOthers: Bool) {
    self.bytes = bytes
    self.isReadableByOthers = isReadableByOthers
  }

  init(_ path: String, limit: Int) throws(Failure) {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw Self.failure(errno) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw Self.failure(errno) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw Failure(
        isMissing: false, problem: status.st_mode & S_IFMT == S_IFDIR ? "is a folder, not a file" : "is no regular file"
      )
    }
    isReadableByOthers = status.st_mode & S_IROTH != 0
    var content: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16 << 10)
    while true {
      let count = chunk.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw Self.failure(errno) }
      guard count > 0 else { break }
      content += chunk[..<count]
      guard content.count <= limit else {
        throw Failure(isMissing: false, problem: "is larger than \(limit >> 10) KiB")
      }
    }
    bytes = content
  }

  private static func failure(_ code: CInt) -> Failure {
    switch code {
    case ENOENT, ENOTDIR: Failure(isMissing: true, problem: "does not exist")
    case EACCES: Failure(isMissing: false, problem: "may not be read by this user")
    default: Failure(isMissing: false, problem: "cannot be read: \(String(cString: strerror(code)))")
    }
  }
}
