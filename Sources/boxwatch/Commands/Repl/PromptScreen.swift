import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What the prompt prints. While a line is being typed, what comes meanwhile waits for the editor to make room above.
final class PromptScreen: Sendable {
  private struct State {
    var isTyping = false
    /// Whether a pager has the screen.
    var isHeld = false
    var waiting: [UInt8] = []
  }

  private let state = Mutex(State())
  private let wake: WakePipe
  let outputIsTerminal = StandardOutput.isTerminal
  private let errorIsTerminal = StandardError.isTerminal

  init(wake: WakePipe) { self.wake = wake }

  /// Data, to standard output.
  func output(_ text: String) { output(Array(text.utf8)) }
  func output(_ bytes: [UInt8]) { write(bytes, to: 1, isTerminal: outputIsTerminal) }
  /// All else, to standard error.
  func message(_ text: String) { write(Array(text.utf8), to: 2, isTerminal: errorIsTerminal) }

  private func write(_ bytes: [UInt8], to descriptor: CInt, isTerminal: Bool) {
    state.withLock { state in
      guard (state.isTyping || state.isHeld) && isTerminal else { return Self.write(bytes, to: descriptor) }
      state.waiting += bytes
      if state.isTyping { wake.wake() }
    }
  }

  /// From here on the line editor draws.
  func beginTyping() { state.withLock { $0.isTyping = true } }

  func endTyping() {
    state.withLock { state in
      state.isTyping = false
      Self.write(state.waiting, to: 2)
      state.waiting = []
    }
  }

  /// A pager has the screen; what is printed waits for it.
  func hold() { state.withLock { $0.isHeld = true } }

  func release() {
    state.withLock { state in
      state.isHeld = false
      Self.write(state.waiting, to: 2)
      state.waiting = []
    }
  }

  /// What has come while a line was being typed.
  func takeWaiting() -> [UInt8] {
    state.withLock { state in
      defer { state.waiting = [] }
      return state.waiting
    }
  }

  static func write(_ bytes: [UInt8], to descriptor: CInt) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Descriptor.write(descriptor, $0) }
      if written > 0 {
        rest = rest.dropFirst(written)
      } else if errno == EAGAIN {
        Descriptor.waitUntilWritable(descriptor)
      } else if errno != EINTR {
        return
      }
    }
  }
}
