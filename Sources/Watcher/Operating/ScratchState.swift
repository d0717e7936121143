import Ledger

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A copy of a state directory for a dry run, which must leave nothing behind. Made while the directory's lock is held.
struct ScratchState {
  let directory: StateDirectory

  /// The database, and what of it a crash left in its log.
  private static let files = ["ledger.sqlite", "ledger.sqlite-wal"]

  init(copying original: StateDirectory) throws(LedgerError) {
    let parent = getenv("TMPDIR").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    var template = Array("\(parent)/boxwatch-dry-run-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw LedgerError(
        .cannotCreate, "no folder for a dry run can be made in \(parent): \(String(cString: strerror(errno)))",
        advice: "make room there, or name another folder in TMPDIR")
    }
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    directory = try StateDirectory.make(path)
    for name in Self.files where try original.holds(name) {
      guard Self.copy(original.file(name), to: directory.file(name)) else {
        remove()
        throw LedgerError(
          .cannotCreate, "\(original.file(name)) cannot be copied to \(path)", advice: "make room there")
      }
    }
  }

  /// A place for a dry run's output, where there is none.
  static func output(of directory: StateDirectory) -> String { directory.file("output") }

  func remove() {
    rmdir(Self.output(of: directory))
    for name in Self.files + ["ledger.sqlite-shm", "ledger.sqlite-journal", StateLock.fileName, "watcher.sock"] {
      unlink(directory.file(name))
    }
    rmdir(directory.path)
  }

  private static func copy(_ from: String, to: String) -> Bool {
    let source = open(from, O_RDONLY | O_CLOEXEC)
    guard source >= 0 else { return false }
    defer { close(source) }
    let target = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard target >= 0 else { return false }
    defer { close(target) }
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = read(source, &chunk, chunk.count)
      if count == 0 { return true }
      guard count > 0, write(target, chunk, count) == count else { return false }
    }
  }
}
