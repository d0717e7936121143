/// Generates events while the simulator runs, at the configured rate.
struct LiveEvents {
  let core: SimulatorCore

  /// Ends when its task is cancelled.
  func run() async {
    let rate = core.configuration.rate
    guard rate > 0 else {
      await untilCancelled()
      return
    }
    let clock = ContinuousClock()
    let start = clock.now
    var generated = 0
    while !Task.isCancelled {
      let elapsed = start.duration(to: clock.now)
      let due = Int(Double(elapsed.microseconds) / 1_000_000 * rate)
      if due > generated {
        core.generate(due - generated)
        generated = due
      }
      // High rates come in batches a few milliseconds apart.
      let next = start.advanced(by: .seconds(Double(generated + 1) / rate))
      try? await clock.sleep(until: max(next, clock.now.advanced(by: .milliseconds(2))))
    }
  }

  private func untilCancelled() async {
    let (stream, continuation) = AsyncStream<Never>.makeStream()
    defer { continuation.finish() }
    for await _ in stream {}
  }
}
