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
  private struct State {
    var waiting: [UInt8] = []
    var isDraining = false
    var leftOut = 0
    /// What stands where so many lines were left out.
    var notice: (@Sendable (Int) -> String)?
  }

  private enum Way {
    /// A descriptor that blocks only where it could not be opened once more.
    case file(CInt)
    case socket(CInt)
  }

  private let state = Mutex(State())
  private let drain = DispatchQueue(label: "boxwatch.log")
  private let way: Way

  /// Kept while nobody reads.
  private static let most = 1 << 20

  /// - Parameter descriptor: stays open for as long as the process runs.
  init(descriptor: CInt) {
    way = Self.way(to: descriptor)
  }

  /// Whether a descriptor blocks is a matter of what it leads to, which other programs may share: pipes and terminals are
  /// opened once more. A file blocks nobody.
  private static func way(to descriptor: CInt) -> Way {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return .file(descriptor) }
    switch status.st_mode & S_IFMT {
    case S_IFSOCK: return .socket(descriptor)
    case S_IFIFO, S_IFCHR:
      let own = open("/dev/fd/\(descriptor)", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
      return .file(own >= 0 ? own : descriptor)
    default: return .file(descriptor)
    }
  }

  /// - Parameter notice: a line in place of so many.
  func write(_ text: String, orTell notice: @escaping @Sendable (Int) -> String) {
    let begins = state.withLock { state in
      let fits = state.waiting.isEmpty || state.waiting.count + text.utf8.count <= Self.most
      guard fits, state.leftOut == 0 else {
        state.leftOut += 1
        state.notice = notice
        return false
      }
      state.waiting += Array(text.utf8)
      guard !state.isDraining else { return false }
      writeWhatIsTaken(&state)
      state.isDraining = !state.waiting.isEmpty
      return state.isDraining
    }
    if begins { drain.async { self.drainAll() } }
  }

  /// Waits until all is written, for a second at most.
  func flush() {
    for _ in 0..<100 where state.withLock({ $0.isDraining }) { usleep(10_000) }
  }

  private func drainAll() {
    while true {
      switch way {
      case .file(let descriptor), .socket(let descriptor): Descriptor.waitUntilWritable(descriptor)
      }
      let isDone = state.withLock { state in
        writeWhatIsTaken(&state)
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

  private func writeWhatIsTaken(_ state: inout State) {
    while !state.waiting.isEmpty {
      let written = state.waiting.withUnsafeBytes { bytes in
        switch way {
        case .file(let descriptor): Descriptor.write(descriptor, bytes)
        case .socket(let descriptor): send(descriptor, bytes.baseAddress, bytes.count, CInt(MSG_DONTWAIT))
        }
      }
      if written > 0 {
        state.waiting.removeFirst(written)
      } else if errno == EAGAIN {
        return
      } else if errno != EINTR {
        // Nobody will ever take them: the reader has gone, or the disk is full.
        state.waiting = []
      }
    }
  }
}
