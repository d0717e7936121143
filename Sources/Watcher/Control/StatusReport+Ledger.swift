import BoxClient
import Ledger

extension StatusReport {
  /// What the ledger of a directory holds, while no watcher runs there or none answers.
  ///
  /// - Returns: nil when the directory has no ledger.
  public static func stored(in directory: StateDirectory) throws(LedgerError) -> StatusReport? {
    guard let reader = try LedgerReader.open(directory) else { return nil }
    let overview = try reader.overview()
    try reader.close()
    var report = StatusReport(running: false, time: WallClock.now.rounded)
    report.streams = overview.streams.map {
      Stream(name: $0.stream, position: $0.position, createdAfter: $0.createdAfter)
    }
    report.add(overview.counts)
    report.add(quarantined: overview.quarantined, gaps: overview.gaps.map(\.gap))
    return report
  }

  /// Adds what the ledger counts. Rule files and sinks that are not in the report yet come into it.
  mutating func add(_ counts: LedgerCounts) {
    // Malformed events are parked for no rule.
    for namespace in Set(counts.entries.keys).union(counts.parkedEvents.keys).subtracting([""]).sorted() {
      let index = rules.firstIndex { $0.namespace == namespace } ?? rules.endIndex
      if index == rules.endIndex { rules.append(Rule(namespace: namespace)) }
      rules[index].backlog = counts.entries[namespace] ?? 0
      rules[index].parked = counts.parkedEvents[namespace] ?? 0
    }
    for name in Set(counts.deliveries.keys).union(counts.parkedDeliveries.keys).sorted() {
      let index = sinks.firstIndex { $0.name == name } ?? sinks.endIndex
      if index == sinks.endIndex { sinks.append(Sink(name: name)) }
      sinks[index].pending = counts.deliveries[name] ?? 0
      sinks[index].error = counts.deliveryErrors[name]
      sinks[index].parked = counts.parkedDeliveries[name] ?? 0
    }
    parkedEvents = counts.parkedEvents.values.reduce(0, +)
    parkedDeliveries = counts.parkedDeliveries.values.reduce(0, +)
    seenEvents = counts.seen.values.reduce(0, +)
  }

  mutating func add(quarantined handlers: [Quarantine], gaps stretches: [NewGap]) {
    quarantined = handlers.map {
      Quarantined(handler: $0.handler, since: Timestamp(milliseconds: $0.since), reason: $0.reason)
    }
    gaps = stretches.map {
      Gap(
        stream: $0.stream, noticed: Timestamp(milliseconds: $0.noticed), from: $0.from, to: $0.to, reason: $0.reason,
        filled: $0.filled)
    }
  }
}

extension Timestamp {
  /// In whole seconds.
  var rounded: Timestamp { Timestamp(seconds: seconds) }
}
