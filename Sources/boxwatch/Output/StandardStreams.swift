#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Standard input, output and error as the process was given them.
enum StandardStreams {
  /// Opens what is closed, so that no socket of ours gets its number and what is printed into it. What goes to a
  /// closed standard output fails: it is opened for reading.
  static func makeSafe() {
    for descriptor: CInt in 0...2 where fcntl(descriptor, F_GETFD) == -1 {
      _ = open("/dev/null", descriptor == 2 ? O_WRONLY : O_RDONLY)
    }
    // A limit on file sizes is an error of that write, not the end of the program.
    signal(SIGXFSZ, SIG_IGN)
  }
}
