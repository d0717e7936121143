extension BoxSimulator {
  /// Adds events, as POST /_simulator/events does: each text is one JSON object, or an array of them. The exact text
  /// is served; missing `type`, `event_id`, `event_type`, `created_at` and `created_by` are put in front of it.
  /// Polls that wait are answered.
  /// - Returns: the events' ids.
  /// - Throws: ``BoxSimulatorError/badEvent(number:reason:)``; then none of the events was added.
  @discardableResult
  public func append(_ texts: [String]) throws(BoxSimulatorError) -> [String] {
    let reader = MemberReader()
    var events: [ObjectText] = []
    for (index, text) in texts.enumerated() {
      do {
        events += try reader.objects(text.utf8)
      } catch {
        throw .badEvent(number: index + 1, reason: error.message)
      }
    }
    return core.append(events)
  }

  /// Adds the next `count` events of the generator, as of now. Polls that wait are answered.
  public func generate(_ count: Int) {
    core.generate(count)
  }

  /// Replaces the order for each fault's kind.
  public func setFaults(_ faults: [Fault]) {
    core.withState { state in
      for fault in faults { state.faults.set(fault) }
    }
  }

  /// What has been asked and answered so far.
  public var statistics: SimulatorStatistics {
    core.statistics()
  }

  /// Events, faults and counters back to the start. Stream positions that clients hold stay meaningful.
  public func reset() {
    core.reset()
  }
}
