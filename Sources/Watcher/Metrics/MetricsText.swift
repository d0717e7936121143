/// A status report in Prometheus' text format.
enum MetricsText {
  static func of(_ report: StatusReport) -> String {
    var text = Text()
    if let counters = report.counters {
      text.add("boxwatch_events_total", "counter", "Events handled.", [([], Double(counters.events))])
      text.add("boxwatch_pages_total", "counter", "Pages committed.", [([], Double(counters.pages))])
      text.add("boxwatch_alerts_total", "counter", "Alerts raised.", [([], Double(counters.alerts))])
      text.add(
        "boxwatch_failures_total", "counter", "Calls of handlers that failed.", [([], Double(counters.failures))])
      text.add("boxwatch_retries_total", "counter", "Events to be tried again.", [([], Double(counters.retried))])
      text.add("boxwatch_commits_total", "counter", "Transactions of the ledger.", [([], Double(counters.commits))])
    }
    text.add("boxwatch_parked_events", "gauge", "Events set aside.", [([], Double(report.parkedEvents))])
    text.add("boxwatch_parked_deliveries", "gauge", "Deliveries set aside.", [([], Double(report.parkedDeliveries))])
    text.add(
      "boxwatch_gaps", "gauge", "Gaps of streams that are not filled.", [([], Double(report.gaps.count { !$0.filled }))]
    )
    text.add(
      "boxwatch_quarantined_handlers", "gauge", "Handlers set aside.", [([], Double(report.quarantined.count))])
    if report.running {
      let failing = report.rules.reduce(0) { $0 + ($1.failingTimers?.count ?? 0) }
      text.add("boxwatch_failing_timers", "gauge", "Timers whose last tick failed.", [([], Double(failing))])
    }
    text.add(
      "boxwatch_stream_lag_seconds", "gauge", "Age of the newest event.",
      report.streams.compactMap { stream in stream.lagSeconds.map { ([("stream", stream.name)], Double($0)) } })
    text.add(
      "boxwatch_stream_up", "gauge", "1 while a stream is followed without trouble.",
      report.streams.map { ([("stream", $0.name)], $0.stopped == nil && $0.waiting?.error == nil ? 1 : 0) })
    text.add(
      "boxwatch_rule_backlog", "gauge", "Events that wait for a rule file.",
      report.rules.map { ([("rule", $0.namespace)], Double($0.backlog)) })
    text.add(
      "boxwatch_outbox_pending", "gauge", "Deliveries that wait for a sink.",
      report.sinks.map { ([("sink", $0.name)], Double($0.pending)) })
    if let memory = report.ruleMemory {
      text.add("boxwatch_rule_memory_bytes", "gauge", "Lua memory of all rule files.", [([], Double(memory))])
    }
    if let bytes = report.walBytes {
      text.add("boxwatch_ledger_wal_bytes", "gauge", "Bytes of the ledger's log.", [([], Double(bytes))])
    }
    text.add(
      "boxwatch_ledger_up", "gauge", "1 while the ledger can be written.", [([], report.ledgerTrouble == nil ? 1 : 0)])
    return text.lines
  }

  private struct Text {
    var lines = ""

    mutating func add(_ name: String, _ type: String, _ help: String, _ values: [([(String, String)], Double)]) {
      guard !values.isEmpty else { return }
      lines += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
      for (labels, value) in values {
        let shown = labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",")
        let number = value == value.rounded() ? String(Int64(value)) : String(value)
        lines += "\(name)\(shown.isEmpty ? "" : "{\(shown)}") \(number)\n"
      }
    }

    private static func escaped(_ text: String) -> String {
      text.reduce(into: "") { escaped, character in
        switch character {
        case "\\": escaped += "\\\\"
        case "\"": escaped += "\\\""
        case "\n": escaped += "\\n"
        default: escaped.append(character)
        }
      }
    }
  }
}
