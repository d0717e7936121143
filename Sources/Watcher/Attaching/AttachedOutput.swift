import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What is on its way to an attached prompt. A script that prints faster than the prompt takes it waits on its own
/// thread; events that come faster are left out and counted.
final class AttachedOutput: Sendable {
  private struct State {
    var lines: [[UInt8]] = []
    var bytes = 0
    var missed = 0
    var isClosed = false
    var isInterrupted = false
    var isTailing = false
    var writer: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())
  private static let most = 1 << 20

  func send(_ message: AttachedMessage) {
    guard let line = try? ControlCoding.encode(message) else { return }
    let writer = state.withLock { state in
      guard !state.isClosed else { return nil as CheckedContinuation<Void, Never>? }
      state.lines.append(line)
      state.bytes += line.count
      defer { state.writer = nil }
      return state.writer
    }
    writer?.resume()
  }

  /// From the script's own thread, which nobody else waits for.
  func print(_ text: String) {
    while state.withLock({ $0.bytes > Self.most && !$0.isClosed && !$0.isInterrupted }) { usleep(2000) }
    send(AttachedMessage(printed: text))
  }

  func log(_ text: String) {
    guard state.withLock({ $0.bytes <= Self.most }) else { return }
    send(AttachedMessage(logged: text))
  }

  /// Whether events are shown as they come.
  func setTailing(_ isTailing: Bool) { state.withLock { $0.isTailing = isTailing } }

  func show(_ events: [[UInt8]]) {
    let missed = state.withLock { state in
      guard state.isTailing else { return nil as Int? }
      guard state.bytes <= Self.most else {
        state.missed += events.count
        return nil
      }
      defer { state.missed = 0 }
      return state.missed
    }
    guard let missed else { return }
    send(
      AttachedMessage(
        events: events.map { String(decoding: $0, as: UTF8.self) }, missed: missed == 0 ? nil : missed))
  }

  /// Whether the chunk that runs is to end: then what it prints waits for nobody.
  func setInterrupted(_ isInterrupted: Bool) { state.withLock { $0.isInterrupted = isInterrupted } }

  /// Nothing more is taken.
  func close() {
    let writer = state.withLock { state in
      state.isClosed = true
      defer { state.writer = nil }
      return state.writer
    }
    writer?.resume()
  }

  /// The next lines; none at the end.
  func next() async -> [[UInt8]] {
    while true {
      let (lines, isClosed) = state.withLock { state in
        defer { (state.lines, state.bytes) = ([], 0) }
        return (state.lines, state.isClosed)
      }
      if !lines.isEmpty || isClosed { return lines }
      await withTaskCancellationHandler {
        await withCheckedContinuation { writer in
          let isReady = state.withLock { state in
            guard state.lines.isEmpty, !state.isClosed else { return true }
            state.writer = writer
            return false
          }
          if isReady { writer.resume() }
        }
      } onCancel: {
        close()
      }
    }
  }
}
