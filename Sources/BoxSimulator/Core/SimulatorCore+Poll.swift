import NIOCore
import ServiceLifecycle

extension SimulatorCore {
  /// Waits until the view shows something after the position, or the hold time is over, or `end` is called.
  /// - Parameter number: a place that `openPoll` gave.
  func waitForChange(
    _ view: StreamView, after position: StreamPosition, number: Int, on eventLoop: any EventLoop
  ) async -> Doorbell.Ring {
    let timer = eventLoop.scheduleTask(in: .microseconds(configuration.realtime.hold.microseconds)) {
      self.endPoll(number, .reconnect)
    }
    defer { timer.cancel() }
    return await withTaskCancellationOrGracefulShutdownHandler {
      await withCheckedContinuation { continuation in
        let visibility = configuration.visibility(of: view.type)
        // Looking and beginning to wait are one step, so that no event falls between them.
        let ring: Doorbell.Ring? = withState { state in
          if state.history.hasEvents(view, after: position, visibility: visibility) {
            state.doorbell.close(number)
            return .newChange
          }
          return state.doorbell.wait(number, continuation)
        }
        if let ring { continuation.resume(returning: ring) }
      }
    } onCancelOrGracefulShutdown: {
      self.endPoll(number, .gone)
    }
  }

  func openPoll(_ view: StreamView) -> Int {
    withState { $0.doorbell.open(view) }
  }

  func endPoll(_ number: Int, _ ring: Doorbell.Ring) {
    withState { $0.doorbell.end(number, ring) }?.resume(returning: ring)
  }
}
