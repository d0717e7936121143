#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Data for whoever reads the command's output, gathered and written in large pieces.
struct StandardOutput: ~Copyable {
  private var buffer: [UInt8] = []
  private static let descriptor: CInt = 1
  private static let enough = 256 << 10

  static var isTerminal: Bool { isatty(descriptor) == 1 }

  init() {
    buffer.reserveCapacity(Self.enough + (64 << 10))
  }

  mutating func write(_ bytes: some Collection<UInt8>) throws {
    buffer.append(contentsOf: bytes)
    if buffer.count >= Self.enough { try flush() }
  }

  mutating func write(_ text: String) throws {
    try write(text.utf8)
  }

  /// Throws ``OutputClosed`` when the reader has gone, as `head` does when it has seen enough.
  mutating func flush() throws {
    defer { buffer.removeAll(keepingCapacity: true) }
    try buffer.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let written = Descriptor.write(Self.descriptor, UnsafeRawBufferPointer(rebasing: rest))
        if written >= 0 {
          rest = rest.dropFirst(written)
        } else if errno == EPIPE {
          throw OutputClosed()
        } else if errno == EAGAIN {
          Descriptor.waitUntilWritable(Self.descriptor)
        } else if errno != EINTR {
          throw CommandFailure(.cannotCreate, "cannot write to standard output: \(String(cString: strerror(errno)))")
        }
      }
    }
  }
}
