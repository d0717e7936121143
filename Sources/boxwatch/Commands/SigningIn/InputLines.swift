#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What a person types, or a script writes, on standard input: byte by byte, so that nothing of the next line is taken.
struct InputLines: Sendable {
  private static let descriptor: CInt = 0

  /// A line; nil at the end of the input.
  func line(prompt: String) -> String? {
    StandardError.write(prompt)
    var bytes: [UInt8] = []
    while let byte = Self.byte() {
      if byte == 0x0A { return Self.text(bytes) }
      if bytes.count < 64 << 10 { bytes.append(byte) }
    }
    return bytes.isEmpty ? nil : Self.text(bytes)
  }

  /// A line that a terminal does not show; nil at the end of the input.
  func secret(prompt: String) throws -> String? {
    guard isatty(Self.descriptor) == 1 else { return line(prompt: "") }
    StandardError.write(prompt)
    var usual = termios()
    guard tcgetattr(Self.descriptor, &usual) == 0 else { return line(prompt: "") }
    var silent = usual
    // Keys one by one, signals' keys too: a process that ends here must not leave a silent terminal behind.
    silent.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
    tcsetattr(Self.descriptor, TCSAFLUSH, &silent)
    defer {
      tcsetattr(Self.descriptor, TCSAFLUSH, &usual)
      StandardError.write("\n")
    }
    var bytes: [UInt8] = []
    while let byte = Self.byte() {
      switch byte {
      case 0x03: throw ExitStatus.interrupted
      case 0x04: return bytes.isEmpty ? nil : Self.text(bytes)
      case 0x0A, 0x0D: return Self.text(bytes)
      case 0x08, 0x7F: _ = bytes.popLast()
      case 0x15: bytes = []
      default: bytes.append(byte)
      }
    }
    return nil
  }

  private static func text(_ bytes: [UInt8]) -> String {
    String(
      String(decoding: bytes, as: UTF8.self).drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace)
        .reversed())
  }

  private static func byte() -> UInt8? {
    var byte: UInt8 = 0
    while true {
      let count = read(descriptor, &byte, 1)
      if count == 1 { return byte }
      guard count < 0, errno == EINTR else { return nil }
    }
  }
}
