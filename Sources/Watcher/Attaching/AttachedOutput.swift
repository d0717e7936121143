import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What is on its way to an attached prompt. A script that prints faster than the prompt takes it waits on its own
/// thread, and so does the next request for the answer before it; events that come faster are left out and counted.
final class AttachedOutput: Sendable {
  private struct State {
    var lines: [[UInt8]] = []
    /// Bytes that the prompt has not taken, those that are being written included.
    var bytes = 0
    /// Lines that were handed over, and those of them that the prompt has taken.
    var (sent, taken) = (0, 0)
    var missed = 0
    var isClosed = false
    var isInterrupted = false
    var isTailing = false
    var writer: CheckedContinuation<Void, Never>?
    /// Waits until so many lines are taken.
    var waiter: (lines: Int, continuation: CheckedContinuation<Void, Never>)?
  }

  private let state = Mutex(State())
  private static let most = 1 << 20

  func send(_ message: AttachedMessage) { _ = append(message) }

  /// Returns when the prompt has taken the message, or takes nothing more, or the task is cancelled. One at a time may
  /// wait.
  func deliver(_ message: AttachedMessage) async {
    guard let number = append(message) else { return }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          guard !state.isClosed, state.taken < number, !Task.isCancelled else { return true }
          state.waiter = (number, continuation)
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      stopWaiting()
    }
  }

  private func stopWaiting() {
    let waiter = state.withLock { state in
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.continuation.resume()
  }

  /// The message's place among the lines; nil where none is taken any more.
  private func append(_ message: AttachedMessage) -> Int? {
    guard let line = try? ControlCoding.encode(message) else { return nil }
    let (number, writer) = state.withLock { state in
      guard !state.isClosed else { return (nil as Int?, nil as CheckedContinuation<Void, Never>?) }
      state.lines.append(line)
      state.bytes += line.count
      state.sent += 1
      defer { state.writer = nil }
      return (state.sent, state.writer)
    }
    writer?.resume()
    return number
  }

  /// The prompt has taken a line that ``next()`` gave.
  func taken(_ line: [UInt8]) {
    let waiter = state.withLock { state in
      state.bytes -= line.count
      state.taken += 1
      guard let waiter = state.waiter, waiter.lines <= state.taken else {
        return nil as CheckedContinuation<Void, Never>?
      }
      state.waiter = nil
      return waiter.continuation
    }
    waiter?.resume()
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
    stopWaiting()
  }

  /// The next lines; none at the end.
  func next() async -> [[UInt8]] {
    while true {
      let (lines, isClosed) = state.withLock { state in
        defer { state.lines = [] }
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
