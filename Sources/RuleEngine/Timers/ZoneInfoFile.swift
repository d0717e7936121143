#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The files of the system's time zone database.
enum ZoneInfoFile {
  /// The bytes of a zone's file, from `$TZDIR` or the usual folder.
  static func read(_ name: String) throws(TimeZoneError) -> [UInt8] {
    guard isName(name) else { throw .invalidName(name) }
    let directory = directory
    let file = open("\(directory)/\(name)", O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else {
      guard errno == ENOENT || errno == ENOTDIR else { throw .unreadable(name, reason: systemReason(errno)) }
      throw .notFound(name, directory: directory)
    }
    defer { close(file) }
    return try contents(of: file, name: name, directory: directory)
  }

  /// Whether it is a name below the folder, and nothing that leads out of it.
  static func isName(_ name: String) -> Bool {
    guard (1...255).contains(name.utf8.count) else { return false }
    return name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
      guard let first = part.utf8.first, first != UInt8(ascii: "."), first != UInt8(ascii: "-") else { return false }
      return part.unicodeScalars.allSatisfy { scalar in
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
          || "_+-.".unicodeScalars.contains(scalar)
      }
    }
  }

  private static var directory: String {
    guard let value = getenv("TZDIR"), value.pointee != 0 else { return "/usr/share/zoneinfo" }
    return String(cString: value)
  }

  /// Zones take a few KiB; what is far beyond is none.
  private static let longest = 1 << 20

  private static func contents(of file: Int32, name: String, directory: String) throws(TimeZoneError) -> [UInt8] {
    var status = stat()
    guard fstat(file, &status) == 0 else { throw .unreadable(name, reason: systemReason(errno)) }
    // A folder of zones, such as "Europe".
    if status.st_mode & S_IFMT == S_IFDIR { throw .notFound(name, directory: directory) }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= longest else {
      throw .unreadable(name, reason: "it is no file of a time zone")
    }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    var length = 0
    while length < bytes.count {
      let count = bytes.withUnsafeMutableBytes { buffer in
        Self.readSome(file, into: UnsafeMutableRawBufferPointer(rebasing: buffer[length...]))
      }
      guard count >= 0 else { throw .unreadable(name, reason: systemReason(errno)) }
      if count == 0 { break }
      length += count
    }
    bytes.removeLast(bytes.count - length)
    return bytes
  }

  /// `read`, begun anew where a signal came between.
  private static func readSome(_ file: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    while true {
      #if canImport(Glibc)
        let count = Glibc.read(file, buffer.baseAddress, buffer.count)
      #elseif canImport(Musl)
        let count = Musl.read(file, buffer.baseAddress, buffer.count)
      #else
        let count = Darwin.read(file, buffer.baseAddress, buffer.count)
      #endif
      if count >= 0 || errno != EINTR { return count }
    }
  }

  private static func systemReason(_ number: Int32) -> String { String(cString: strerror(number)) }
}
