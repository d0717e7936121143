#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension ConfinedFile {
  static func rotatedSuffix(_ number: Int) -> String { number == 0 ? "" : ".\(number)" }

  /// - Throws: when the names of the rotated files would be too long. Told before the first byte is written, not when
  ///   the file is full.
  func checkRotatedNames(_ rotation: FileRotation) throws(OutputError) {
    let suffix = Self.rotatedSuffix(rotation.keep)
    guard name.utf8.count + suffix.utf8.count <= OutputPath.longestName else {
      throw OutputError(
        .badPath, path, "with \"\(suffix)\" added by rotation its name passes \(OutputPath.longestName) bytes",
        advice: "use a shorter one")
    }
  }

  /// Moves the file to `name.1` and the rotated ones up by one, the oldest first.
  ///
  /// Renaming starts below the first number that is free: after a crash halfway through, the next rotation goes on
  /// where that one stopped, and no file is dropped for nothing.
  func rotate(_ rotation: FileRotation) throws(OutputError) {
    var free = 1
    while free < rotation.keep, try status(suffix: Self.rotatedSuffix(free)) != nil { free += 1 }
    for number in stride(from: free, through: 1, by: -1) {
      try rename(Self.rotatedSuffix(number - 1), Self.rotatedSuffix(number))
    }
  }

  private func rename(_ old: String, _ new: String) throws(OutputError) {
    // A link under either name is itself moved or replaced, never followed.
    guard renameat(directory.raw, name + old, directory.raw, name + new) == 0 || errno == ENOENT else {
      throw .system(errno, path, "cannot be rotated to \(QuotedPath.of(name + new))")
    }
  }
}
