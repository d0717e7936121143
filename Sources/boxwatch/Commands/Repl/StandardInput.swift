#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A program that is piped in.
enum StandardInput {
  private static let most = 16 << 20

  /// All of it.
  static func text() throws -> String {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = read(0, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else {
        throw CommandFailure(.badInput, "standard input cannot be read: \(String(cString: strerror(errno)))")
      }
      guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
      bytes += chunk[..<count]
      guard bytes.count <= most else {
        throw CommandFailure(.badInput, "standard input holds more than \(most >> 20) MiB of Lua")
      }
    }
  }
}
