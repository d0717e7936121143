import Synchronization

/// The simulated account behind one lock: what the endpoints, the live generator and the tests act upon.
final class SimulatorCore: Sendable {
  let configuration: BoxSimulator.Configuration
  /// Where the server can be reached, once it is bound.
  let baseURL = Mutex<String>("")
  private let state: Mutex<SimulatorState>
  private let initial: Initial

  /// What a reset goes back to.
  private struct Initial: Sendable {
    var history: History
    var generator: EventGenerator
  }

  /// - Throws: `BoxSimulatorError` where the configured events cannot be read.
  init(configuration: BoxSimulator.Configuration) throws(BoxSimulatorError) {
    let now = configuration.clock()
    let (history, generator) = try InitialHistory.make(configuration, now: now)
    self.configuration = configuration
    initial = Initial(history: history, generator: generator)
    state = Mutex(SimulatorState(history: history, generator: generator, configuration: configuration, salt: now))
  }

  func withState<Result: Sendable>(_ body: (inout SimulatorState) throws -> Result) rethrows -> Result {
    try state.withLock { try body(&$0) }
  }

  /// Events, faults and counters back to the start. Positions that were given out stay meaningful.
  func reset() {
    let now = configuration.clock()
    withState { state in
      var history = initial.history
      history.skipKeys(through: max(state.history.lastKey, now))
      state.history = history
      state.generator = initial.generator
      state.generator.salt = UInt64(bitPattern: now)
      state.faults = FaultPlan(seed: configuration.seed, probabilities: configuration.faults)
      state.statistics = SimulatorStatistics()
      state.calls = MinuteWindow()
      state.tokens.forgetCount()
    }
  }

  func statistics() -> SimulatorStatistics {
    withState { state in
      var statistics = state.statistics
      statistics.pollsOpen = state.doorbell.openCount
      statistics.tokensIssued = state.tokens.issuedCount
      statistics.eventsHeld = state.history.count
      statistics.userEventsHeld = state.history.userLog.count
      statistics.enterpriseEventsHeld = state.history.enterpriseLog.count
      statistics.maxRequestsPerMinute = state.calls.maximum
      return statistics
    }
  }
}
