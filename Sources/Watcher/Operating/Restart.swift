#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Puts a new run of the same program in the place of this one.
enum Restart {
  /// The arguments but for what must happen once.
  static func repeated(_ arguments: [String]) -> [String] {
    var kept: [String] = []
    var isValue = false
    for argument in arguments {
      defer { isValue = argument == "--reset-position" }
      if isValue || argument == "--reset-position" || argument.hasPrefix("--reset-position=") { continue }
      kept.append(argument)
    }
    return kept
  }

  /// Never returns. The state directory's lock and all connections go with the old run.
  static func now() -> Never {
    closeOnExec()
    var arguments: [UnsafeMutablePointer<CChar>?] = repeated(CommandLine.arguments).map { strdup($0) }
    arguments.append(nil)
    // Threads of a pool block signals, and the new run would do so as well: it could not be asked to end.
    var signals = sigset_t()
    sigemptyset(&signals)
    pthread_sigmask(SIG_SETMASK, &signals, nil)
    execv("/proc/self/exe", arguments)
    // Without a new run a supervisor must start one.
    end()
  }

  /// Not every library asks for it when it opens a connection: Box would go on to hold a long poll that nobody reads.
  private static func closeOnExec() {
    guard let folder = opendir("/proc/self/fd") else { return }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: entry.pointee.d_name)) {
          String(cString: $0)
        }
      }
      // The standard ones are the new run's too.
      if let descriptor = CInt(name), descriptor > STDERR_FILENO { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    }
  }

  /// Ends the program as one that failed, whatever its threads do.
  static func end() -> Never { _exit(70) }
}
