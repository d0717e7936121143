#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Cuts a buffer into lines.
struct LineReader: ~Copyable, Sendable {
  enum Line {
    /// Without its line break. Valid until the next call.
    case text(UnsafeRawBufferPointer)
    /// Longer than is taken; it was skipped.
    case tooLong
  }

  private(set) var buffer: InputBuffer
  /// The number of the line that was read last, from 1.
  private(set) var number = 0
  private let limit: Int
  private var lastConsumed = 0

  init(_ buffer: consuming InputBuffer, limit: Int) {
    self.buffer = buffer
    self.limit = limit
  }

  /// The next line; nil at the end.
  mutating func next() throws(RecordedEventsError) -> Line? {
    var searched = 0
    while true {
      let unread = buffer.unread
      if let length = Self.length(of: unread, from: searched) { return take(unread, length, breakLength: 1) }
      if buffer.isAtEnd { return unread.isEmpty ? nil : take(unread, unread.count, breakLength: 0) }
      searched = unread.count
      if searched > limit { return try skipRest() }
      try buffer.fill()
    }
  }

  /// The line that was just read comes again. To be called once, after a line with text.
  mutating func putBack() {
    buffer.putBack(lastConsumed)
    lastConsumed = 0
    number -= 1
  }

  private mutating func take(_ unread: UnsafeRawBufferPointer, _ length: Int, breakLength: Int) -> Line {
    number += 1
    lastConsumed = length + breakLength
    buffer.consume(lastConsumed)
    return length > limit ? .tooLong : .text(UnsafeRawBufferPointer(rebasing: unread[..<length]))
  }

  private mutating func skipRest() throws(RecordedEventsError) -> Line {
    number += 1
    while true {
      let unread = buffer.unread
      if let length = Self.length(of: unread, from: 0) {
        buffer.consume(length + 1)
        return .tooLong
      }
      buffer.consume(unread.count)
      if buffer.isAtEnd { return .tooLong }
      try buffer.fill()
    }
  }

  /// How long the first line is; nil where it does not end here.
  static func length(of bytes: UnsafeRawBufferPointer, from offset: Int) -> Int? {
    guard let start = bytes.baseAddress, offset < bytes.count else { return nil }
    guard let found = memchr(start + offset, CInt(UInt8(ascii: "\n")), bytes.count - offset) else { return nil }
    return UnsafeRawPointer(found) - start
  }
}

extension UnsafeRawBufferPointer {
  /// Without JSON's white space at both ends, and without the byte order mark that a file, or a file that was appended
  /// to another, begins with.
  var withoutSurroundings: UnsafeRawBufferPointer {
    var bytes = self[...]
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
    while let first = bytes.first, first.isJSONSpace { bytes.removeFirst() }
    while let last = bytes.last, last.isJSONSpace { bytes.removeLast() }
    return UnsafeRawBufferPointer(rebasing: bytes)
  }
}

extension UInt8 {
  fileprivate var isJSONSpace: Bool {
    self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") || self == UInt8(ascii: "\n") || self == UInt8(ascii: "\r")
  }
}
