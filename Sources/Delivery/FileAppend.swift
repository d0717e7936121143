#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// One append: all of it reaches the file, or nothing.
struct FileAppend {
  let bytes: [UInt8]
  let rotation: FileRotation?
  /// Written before the text into a file that is empty.
  let header: [UInt8]?
  /// Whether the text reaches the disk before the append returns.
  let durable: Bool

  func perform(on file: borrowing ConfinedFile, resuming mark: FileMark?) throws(OutputError) -> Appended {
    if let rotation { try file.checkRotatedNames(rotation) }
    if let mark, let done = try finish(mark, in: file) { return done }
    while true {
      let target = try file.openLocked()
      let length = try Int(target.status(file.path).st_size)
      guard let rotation, rotation.isDue(length: length, appending: bytes.count) else {
        return try append(to: target, of: file)
      }
      try file.rotate(rotation)
      // Closed here and not sooner: its lock guards the renaming.
      _ = consume target
    }
  }

  /// What an append adds to a file of this length.
  func text(at length: Int) -> [UInt8] {
    guard length == 0, let header else { return bytes }
    return header + bytes
  }

  private func append(
    to target: borrowing Descriptor, of file: borrowing ConfinedFile
  ) throws(OutputError) -> Appended {
    let before = try target.status(file.path)
    let length = Int(before.st_size)
    let text = text(at: length)
    let (written, failure) = target.write(text)
    if let failure { throw undo(written, after: length, in: target, of: file, because: failure) }
    // Programs that know nothing of our lock may have appended meanwhile; the system wrote ours behind theirs.
    let end = lseek(target.raw, 0, SEEK_CUR)
    guard end >= text.count else { throw .system(errno, file.path, "cannot be examined") }
    if durable {
      try target.synchronize(file.path)
      if length == 0 { try file.directory.synchronize(file.path) }
    }
    return Appended(offset: Int(end) - text.count, count: text.count, file: UInt64(before.st_ino))
  }

  /// Takes back the beginning of a text whose rest could not be written, and gives the error to throw.
  private func undo(
    _ written: Int, after length: Int, in target: borrowing Descriptor, of file: borrowing ConfinedFile,
    because failure: CInt
  ) -> OutputError {
    guard written > 0 else { return .system(failure, file.path, "cannot be written") }
    // What others wrote behind ours must stay, and then ours before it.
    let isLast = (try? target.status(file.path).st_size) == off_t(length + written)
    if isLast, target.truncate(to: length) == nil { return .system(failure, file.path, "cannot be written") }
    return .system(
      failure, file.path,
      "the first \(written) bytes of an append stand at byte \(length) and could not be taken back, and the rest"
        + " cannot be written")
  }
}
