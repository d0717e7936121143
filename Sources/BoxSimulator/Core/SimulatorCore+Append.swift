extension SimulatorCore {
  /// Adds events to the history and rings the polls that wait for them.
  /// - Returns: the events' ids, in order; empty for an event whose id cannot be read.
  func append(_ events: [ObjectText]) -> [String] {
    let reader = MemberReader()
    let now = configuration.clock()
    let (ids, ringing) = withState { state in
      var ids: [String] = []
      var records: [EventRecord] = []
      for event in events {
        let administrator = state.generator.administrator
        let defaults = EventDefaults(
          id: state.hexadecimalId(digits: 40), createdAt: now / 1_000_000, createdBy: Array(administrator.mini.utf8),
          actor: administrator.id)
        let given = reader.completed(event, defaults: defaults)
        records.append(state.history.append(given, at: now))
        ids.append(given.id)
      }
      return (ids, state.doorbell.ring(for: records))
    }
    for continuation in ringing { continuation.resume(returning: .newChange) }
    return ids
  }

  /// Lets the generator make the next events, as of now.
  func generate(_ count: Int) {
    let now = configuration.clock()
    let ringing = withState { state in
      var records: [EventRecord] = []
      for _ in 0..<count {
        if let record = state.history.append(state.generator.next(at: now), at: now) { records.append(record) }
      }
      return state.doorbell.ring(for: records)
    }
    for continuation in ringing { continuation.resume(returning: .newChange) }
  }
}
