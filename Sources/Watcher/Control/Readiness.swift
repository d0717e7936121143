import Dispatch

/// Waits for descriptors without a thread.
enum Readiness {
  enum Direction { case reading, writing }

  private static let queue = DispatchQueue(label: "boxwatch.control")

  /// Returns when the descriptor is ready, when the time is over, or when the task is cancelled: the call that follows
  /// tells which.
  ///
  /// - Parameter deadline: nil for no end.
  static func wait(_ descriptor: CInt, for direction: Direction, until deadline: ContinuousClock.Instant?) async {
    // Dispatch lets any thread cancel a source, which is all that the closures below do with it.
    nonisolated(unsafe) let source: any DispatchSourceProtocol =
      switch direction {
      case .reading: DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
      case .writing: DispatchSource.makeWriteSource(fileDescriptor: descriptor, queue: queue)
      }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        // Whatever ends the wait cancels the source, and a source is cancelled once.
        source.setEventHandler { source.cancel() }
        source.setCancelHandler { continuation.resume() }
        if let deadline {
          let left = max(.zero, deadline - .now) / .milliseconds(1)
          queue.asyncAfter(deadline: .now() + .milliseconds(Int(left.rounded(.up)))) { source.cancel() }
        }
        source.activate()
      }
    } onCancel: {
      source.cancel()
    }
  }
}
