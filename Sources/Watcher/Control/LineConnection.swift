#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// One end of a connection over which lines go. Each line has its time: who is slow or silent is given up.
final class LineConnection {
  private let descriptor: CInt
  private var received: [UInt8] = []

  enum Failure: Error {
    case timedOut
    /// The line is longer than it may be.
    case tooLong
    /// The other side has gone in the middle of a line.
    case cut
    case system(CInt)

    var text: String {
      switch self {
      case .timedOut: "no line came in time"
      case .tooLong: "the line is too long"
      case .cut: "the connection ended in the middle of a line"
      case .system(let code): String(cString: strerror(code))
      }
    }
  }

  /// Takes the descriptor over, which must not block.
  init(_ descriptor: CInt) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  var peer: uid_t? { UnixSocket.peer(of: descriptor) }

  /// A second descriptor of the connection, for a task that writes while another reads.
  func duplicate() throws(Failure) -> CInt {
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { throw .system(errno) }
    return copy
  }

  /// The next line, without its end; nil when the other side has no more.
  ///
  /// - Parameters:
  ///   - longest: bytes of a line.
  ///   - time: nil for as long as it takes.
  func line(longest: Int, within time: Duration?) async throws(Failure) -> [UInt8]? {
    let deadline = time.map { ContinuousClock.now + $0 }
    var searched = 0
    while true {
      if let end = received[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { received.removeSubrange(...end) }
        return Array(received[..<end])
      }
      searched = received.count
      guard searched <= longest else { throw .tooLong }
      switch read() {
      case .bytes: continue
      case .end:
        guard received.isEmpty else { throw .cut }
        return nil
      case .nothing: try await ready(.reading, deadline)
      case .failed(let code): throw .system(code)
      }
    }
  }

  /// Writes the bytes and the end of the line.
  func write(_ line: [UInt8], within time: Duration) async throws(Failure) {
    let deadline = ContinuousClock.now + time
    var rest = (line + [UInt8(ascii: "\n")])[...]
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
      if sent > 0 {
        rest = rest.dropFirst(sent)
      } else if errno == EAGAIN {
        try await ready(.writing, deadline)
      } else if errno != EINTR {
        throw .system(errno)
      }
    }
  }

  /// Tells the other side that no more comes from here.
  func shutDown() { _ = shutdown(descriptor, CInt(SHUT_RDWR)) }

  private enum Reading {
    case bytes, end, nothing
    case failed(CInt)
  }

  private func read() -> Reading {
    withUnsafeTemporaryAllocation(byteCount: 16 << 10, alignment: 1) { buffer in
      let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
      if count > 0 {
        received += buffer.prefix(count)
        return .bytes
      }
      if count == 0 { return .end }
      return errno == EAGAIN || errno == EINTR ? .nothing : .failed(errno)
    }
  }

  private func ready(_ direction: Readiness.Direction, _ deadline: ContinuousClock.Instant?) async throws(Failure) {
    guard !Task.isCancelled, deadline.map({ ContinuousClock.now < $0 }) ?? true else { throw .timedOut }
    await Readiness.wait(descriptor, for: direction, until: deadline)
  }
}
