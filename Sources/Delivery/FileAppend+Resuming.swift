#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

// After a crash nobody knows how much of an append reached the file. Its content tells: the mark says where the append
// would have begun. All of our text there: it is done. A beginning of our text and then the end of the file: that part
// is ours and is cut. Anything else was written, shortened or replaced by others and stays as it is; then the append is
// made as if it were new.
extension FileAppend {
  /// Where the interrupted append went, if all of it did; nil when it is to be made now.
  func finish(_ mark: FileMark, in file: borrowing ConfinedFile) throws(OutputError) -> Appended? {
    let target = try file.openLocked(O_RDWR)
    let number = try rotatedNumber(of: mark, in: file)
    guard let number, number > 0 else {
      // A file that is not known any more was empty for this append: it came into being with it.
      return try settle(target, from: number == nil ? 0 : mark.length, isNewest: true, file.path)
    }
    // The file was rotated after the mark was made, maybe for this very append; then the text begins the next file.
    guard let old = try file.open(O_RDONLY, suffix: ConfinedFile.rotatedSuffix(number)) else { return nil }
    if let done = try settle(old, from: mark.length, isNewest: false, file.path) { return done }
    guard try old.status(file.path).st_size == mark.length else { return nil }
    guard number > 1 else { return try settle(target, from: 0, isNewest: true, file.path) }
    guard let next = try file.open(O_RDONLY, suffix: ConfinedFile.rotatedSuffix(number - 1)) else { return nil }
    return try settle(next, from: 0, isNewest: false, file.path)
  }

  /// The number under which the mark's file is found now, 0 for the one that is appended to.
  private func rotatedNumber(of mark: FileMark, in file: borrowing ConfinedFile) throws(OutputError) -> Int? {
    guard let inode = mark.file else { return nil }
    for number in 0...(rotation?.keep ?? 0) {
      let status = try file.status(suffix: ConfinedFile.rotatedSuffix(number))
      if let status, UInt64(status.st_ino) == inode { return number }
    }
    return nil
  }

  /// Compares the file's tail with our text, and cuts it where it is a beginning of it.
  private func settle(
    _ target: borrowing Descriptor, from start: Int, isNewest: Bool, _ path: String
  ) throws(OutputError) -> Appended? {
    let status = try target.status(path)
    let tailLength = Int(status.st_size) - start
    guard tailLength > 0 else { return nil }
    let text = text(at: start)
    let tail = try target.read(min(tailLength, text.count), at: start, path)
    guard text.starts(with: tail) else { return nil }
    if tail.count == text.count { return Appended(offset: start, count: text.count, file: UInt64(status.st_ino)) }
    guard isNewest else { return nil }
    if let failure = target.truncate(to: start) {
      throw .system(failure, path, "the beginning of an interrupted append cannot be taken back")
    }
    return nil
  }
}
