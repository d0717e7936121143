#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Reads a JSON Lines file. It may hold hundreds of megabytes, so it is read into one array and cut without copying.
enum EventsFile {
  /// - Throws: ``BoxSimulatorError/unreadableEventsFile(path:reason:)`` with the system's reason.
  static func contents(of path: String) throws(BoxSimulatorError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unreadableEventsFile(path: path, reason: reason(errno)) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .unreadableEventsFile(path: path, reason: reason(errno)) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Int(status.st_size) + 1)
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 1)
    defer { piece.deallocate() }
    while true {
      let count = read(descriptor, piece.baseAddress, piece.count)
      if count == 0 { return bytes }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .unreadableEventsFile(path: path, reason: reason(errno)) }
      bytes.append(contentsOf: piece[..<count])
    }
  }

  /// The lines that are not blank, with their numbers from 1.
  static func lines(of bytes: [UInt8]) -> [(number: Int, text: ArraySlice<UInt8>)] {
    var lines: [(number: Int, text: ArraySlice<UInt8>)] = []
    var rest = bytes[...]
    var number = 0
    while !rest.isEmpty {
      number += 1
      let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
      let line = rest[..<end]
      rest = rest[min(end + 1, rest.endIndex)...]
      if !line.allSatisfy({ (0x09...0x0D).contains($0) || $0 == 0x20 }) { lines.append((number, line)) }
    }
    return lines
  }

  private static func reason(_ code: Int32) -> String {
    code == ENOENT ? "there is no such file" : String(cString: strerror(code)).lowercased()
  }
}
