import Dispatch
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Writes lines in order, at once as long as somebody takes them. Where nobody does (a terminal that is stopped, a pipe
/// whose reader hangs) nothing of the program waits: up to a megabyte is kept and written later, then lines are left out
/// and counted.
final class LogWriter: Sendable {
  /// The watcher's log.
  static let standardError = LogWriter(descriptor: 2)

  private struct State {
    var waiting: [UInt8] = []
    var leftOut = 0
    /// What stands where so many lines were left out.
    var notice: (@Sendable (Int) -> String)?
    var isDraining = false
  }

  private let state = Mutex(State())
  private let drain = DispatchQueue(label: "boxwatch.log")
  private let descriptor: CInt

  /// Kept while nobody reads.
  static let most = 1 << 20
  /// A pipe that can be written to takes so much without a wait (POSIX: PIPE_BUF).
  private static let piece = 4096

  init(descriptor: CInt) {
    self.descriptor = descriptor
  }

  /// - Parameter notice: a line in place of so many.
  func write(_ text: String, orTell notice: @escaping @Sendable (Int) -> String) {
    let begins = state.withLock { state in
      guard state.waiting.count + text.utf8.count <= Self.most, state.leftOut == 0 else {
        state.leftOut += 1
        state.notice = notice
        return false
      }
      state.waiting += Array(text.utf8)
      guard !state.isDraining else { return false }
      while !state.waiting.isEmpty, isReady(for: 0) { writePiece(&state) }
      state.isDraining = !state.waiting.isEmpty
      return state.isDraining
    }
    if begins { drain.async { self.drainAll() } }
  }

  /// Waits until all is written, for a second at most.
  func flush() {
    for _ in 0..<100 where state.withLock({ !$0.waiting.isEmpty }) { usleep(10_000) }
  }

  private func drainAll() {
    while true {
      let isReady = isReady(for: 1000)
      let isDone = state.withLock { state in
        if isReady { writePiece(&state) }
        guard state.waiting.isEmpty else { return false }
        if state.leftOut > 0, let notice = state.notice {
          state.waiting = Array(notice(state.leftOut).utf8)
          state.leftOut = 0
          return false
        }
        state.isDraining = false
        return true
      }
      if isDone { return }
    }
  }

  /// Whether a piece can be written without a wait, or cannot be written at all.
  private func isReady(for milliseconds: CInt) -> Bool {
    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return poll(&waiting, 1, milliseconds) > 0
  }

  private func writePiece(_ state: inout State) {
    let written = state.waiting.prefix(Self.piece).withUnsafeBytes { Descriptor.write(descriptor, $0) }
    if written > 0 {
      state.waiting.removeFirst(written)
    } else if errno != EINTR && errno != EAGAIN {
      // Nobody will ever take them: the reader has gone, or the disk is full.
      state.waiting = []
    }
  }
}
