import Dispatch

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The person's own pager, such as `less -R`.
enum PagerProgram {
  /// Hands it the text and waits until the person has left it.
  ///
  /// - Returns: whether it could be started.
  static func run(_ command: String, _ text: String) async -> Bool {
    await withCheckedContinuation { answer in
      DispatchQueue.global().async { answer.resume(returning: runHere(command, Array(text.utf8))) }
    }
  }

  private static func runHere(_ command: String, _ text: [UInt8]) -> Bool {
    var ends: [CInt] = [-1, -1]
    guard pipe(&ends) == 0 else { return false }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    guard let process = start(command, input: ends[0]) else {
      for end in ends { close(end) }
      return false
    }
    close(ends[0])
    write(text, to: ends[1])
    close(ends[1])
    var status: CInt = 0
    while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    // 127 is the shell's word for a command that is not there.
    return (status >> 8) & 0xFF != 127
  }

  private static func start(_ command: String, input: CInt) -> pid_t? {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, 0)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // What this process blocks and ignores must not stop the pager from ending.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    let arguments: [UnsafeMutablePointer<CChar>?] = [strdup("sh"), strdup("-c"), strdup(command), nil]
    defer { for argument in arguments { free(argument) } }
    var process: pid_t = 0
    guard posix_spawn(&process, "/bin/sh", &actions, &attributes, arguments, environ) == 0 else { return nil }
    return process
  }

  private static func write(_ text: [UInt8], to end: CInt) {
    var rest = text[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Descriptor.write(end, $0) }
      // A person who has seen enough leaves the pager before its end.
      if written > 0 { rest = rest.dropFirst(written) } else if errno != EINTR { return }
    }
  }
}
