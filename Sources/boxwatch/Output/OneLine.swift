#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Line breaks between JSON's tokens become spaces; inside strings JSON has none.
enum OneLine {
  static func byte(_ byte: UInt8) -> UInt8 {
    byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") ? UInt8(ascii: " ") : byte
  }

  static func isOne(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let start = bytes.baseAddress else { return true }
    return memchr(start, CInt(UInt8(ascii: "\n")), bytes.count) == nil
      && memchr(start, CInt(UInt8(ascii: "\r")), bytes.count) == nil
  }

  static func text(_ bytes: UnsafeRawBufferPointer) -> String {
    isOne(bytes) ? String(decoding: bytes, as: UTF8.self) : String(decoding: bytes.map(byte), as: UTF8.self)
  }
}
