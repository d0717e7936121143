#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Messages for the person: everything that is not data.
enum StandardError {
  static var isTerminal: Bool { isatty(2) == 1 }

  /// A line that begins with `boxwatch: warning:`. What came from elsewhere in it is escaped.
  static func warn(_ text: String) { write(warning(text)) }

  static func warning(_ text: String) -> String { "boxwatch: warning: \(text)\n".escapedForTerminal }

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
