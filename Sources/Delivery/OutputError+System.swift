#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension OutputError {
  /// The error for an `errno` of the operating system.
  /// - Parameter action: what failed, such as "cannot be written".
  static func system(_ number: CInt, _ path: String, _ action: String) -> Self {
    let (code, reason, advice) = explain(number)
    return Self(code, path, "\(action): \(reason)", advice: advice)
  }

  private static func explain(_ number: CInt) -> (Code, reason: String, advice: String) {
    switch number {
    case ENOSPC:
      (.noSpace, "no space is left on its disk", "free some")
    case EDQUOT:
      (.noSpace, "the disk quota is used up", "free some space or raise the quota")
    case EFBIG:
      (
        .tooLarge, "the file would pass the largest size that this process may write",
        "raise the limit (ulimit -f), or let the rule rotate the file"
      )
    case EACCES, EPERM:
      (.denied, "permission denied", "give the user who runs this program the right to it")
    case EROFS:
      (.denied, "its file system is read-only", "choose another output directory with --output")
    case EMFILE, ENFILE:
      (.busy, "too many files are open", "raise the limit (ulimit -n)")
    case ENAMETOOLONG:
      (.badPath, "the name is too long for its file system", "use a shorter one")
    case ENOENT:
      (.failed, "the directory is gone", "restore the output directory and start again")
    default:
      (.failed, String(cString: strerror(number)).lowercased(), "see the system's log for the cause")
    }
  }
}

extension OutputError {
  static func symbolicLink(_ place: String, of path: String) -> Self {
    let what = place == path ? "it" : QuotedPath.of(place)
    return Self(
      .symbolicLink, path, "\(what) is a symbolic link, and links are not followed",
      advice: "remove the link, or use another path")
  }

  static func notDirectory(_ place: String, of path: String) -> Self {
    Self(
      .wrongKind, path, "\(QuotedPath.of(place)) is not a directory", advice: "remove it, or use another path")
  }

  /// The error for what stands where a regular file is wanted.
  static func notRegularFile(_ mode: mode_t, _ path: String) -> Self {
    let kind =
      switch mode & S_IFMT {
      case S_IFDIR: "a directory"
      case S_IFIFO: "a FIFO"
      case S_IFSOCK: "a socket"
      case S_IFCHR, S_IFBLK: "a device"
      default: "no regular file"
      }
    return Self(
      .wrongKind, path, "it is \(kind), and only regular files are read and written",
      advice: "remove it, or use another path")
  }
}
