#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Puts a new run of the same program in the place of this one.
enum Restart {
  /// Never returns. The state directory's lock and all connections go with the old run: their descriptors are closed on
  /// exec.
  static func now() -> Never {
    var arguments: [UnsafeMutablePointer<CChar>?] = CommandLine.arguments.map { strdup($0) }
    arguments.append(nil)
    execv("/proc/self/exe", arguments)
    // Without a new run a supervisor must start one.
    _exit(70)
  }
}
