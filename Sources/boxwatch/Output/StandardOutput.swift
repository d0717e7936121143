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

/// Nobody reads the output any more.
struct OutputClosed: Error {}

/// Messages for the person: everything that is not data.
enum StandardError {
  static var isTerminal: Bool { isatty(2) == 1 }

  static func write(_ text: String) {
    ProgressLine.clear()
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { Descriptor.write(2, $0) }
      guard written > 0 || errno == EINTR else { return }
      bytes = bytes.dropFirst(max(0, written))
    }
  }
}

private enum Descriptor {
  static func write(_ descriptor: CInt, _ bytes: UnsafeRawBufferPointer) -> Int {
    #if canImport(Glibc)
      Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    #elseif canImport(Musl)
      Musl.write(descriptor, bytes.baseAddress, bytes.count)
    #else
      Darwin.write(descriptor, bytes.baseAddress, bytes.count)
    #endif
  }

  static func waitUntilWritable(_ descriptor: CInt) {
    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    poll(&waiting, 1, -1)
  }
}
