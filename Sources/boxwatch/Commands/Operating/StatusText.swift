import BoxClient
import Watcher

/// A report for people.
struct StatusText {
  private let report: StatusReport
  private let directory: String
  /// Columns of the terminal; nil where the output goes elsewhere, and nothing is cut.
  private let screen: Int?

  init(_ report: StatusReport, directory: String, screen: Int?) {
    self.report = report
    self.directory = directory
    self.screen = screen
  }

  var lines: [String] {
    let parts = [heading, attention, streams, rules, sinks, ending].filter { !$0.isEmpty }
    return Array(parts.joined(separator: [""])).map { TerminalText.escaped($0) }
  }

  private var heading: [String] {
    guard report.running else { return ["No watcher runs on \(directory); this is what its ledger holds."] }
    let process = report.process.map { ", process \($0)" } ?? ""
    let who = "boxwatch \(report.version ?? "") on \(directory)\(process)"
    guard let since = report.since else { return [who] }
    return [who, "running for \(age(of: since)), since \(since)"]
  }

  // MARK: What wants a person

  private var attention: [String] {
    var lines: [String] = []
    if let trouble = report.ledgerTrouble {
      lines.append("the ledger cannot be written since \(trouble.since): \(trouble.reason)")
    }
    for problem in report.reloadProblems ?? [] { lines.append("not reloaded: \(problem)") }
    for stream in report.streams {
      if let reason = stream.stopped { lines.append("stream \(stream.name) has ended: \(reason)") }
      if let held = stream.heldBy {
        lines.append("stream \(stream.name) is held since \(held.since) by \(held.reason): its backlog is full")
      }
      if let error = stream.waiting?.error { lines.append("stream \(stream.name): \(error)") }
    }
    for handler in report.quarantined {
      lines.append("rule \(handler.handler) is set aside since \(handler.since): \(handler.reason)")
    }
    for timer in report.rules.flatMap({ $0.failingTimers ?? [] }) {
      let times = timer.ticks == 1 ? "failed" : "failed \(timer.ticks) times in a row, the last time"
      lines.append("timer \(timer.timer) \(times) at \(timer.last): \(timer.error)")
    }
    for gap in report.gaps where !gap.filled {
      let ends = [gap.from.map { "from \($0)" }, gap.to.map { "to \($0)" }].compactMap { $0 }.joined(separator: " ")
      lines.append(
        "stream \(gap.stream) has a gap\(ends.isEmpty ? "" : " \(ends)"), noticed \(gap.noticed): \(gap.reason)")
    }
    for sink in report.sinks {
      guard let error = sink.error else { continue }
      lines.append("sink \(sink.name), \(Count.text(sink.pending, "delivery")) pending: \(error)")
    }
    let parked = [(report.parkedEvents, "event"), (report.parkedDeliveries, "delivery")].filter { $0.0 > 0 }
    if !parked.isEmpty {
      lines.append("parked: \(parked.map { Count.text($0.0, $0.1) }.joined(separator: ", ")); see boxwatch parked list")
    }
    return lines.isEmpty ? [] : ["ATTENTION"] + lines.map { "  \($0)" }
  }

  // MARK: Tables

  private var streams: [String] {
    guard report.running else {
      let rows = report.streams.map { [$0.name, $0.position ?? $0.createdAfter.map { "from \($0)" } ?? ""] }
      return TextTable(["STREAM", "POSITION"], rows).lines(screen: screen)
    }
    let rows = report.streams.map { stream in
      [
        stream.name, stream.type == stream.name ? "" : stream.type ?? "", state(of: stream),
        stream.events.map(String.init) ?? "", stream.newestEvent.map { "\(age(of: $0)) ago" } ?? "",
      ]
    }
    return TextTable(["STREAM", "TYPE", "STATE", "EVENTS", "NEWEST"], rows, right: [3]).lines(screen: screen)
  }

  private func state(of stream: StatusReport.Stream) -> String {
    if stream.stopped != nil { return "ended" }
    if stream.heldBy != nil { return "held by a rule" }
    if let waiting = stream.waiting, waiting.until > report.time {
      return "\(waiting.reason), next in \((waiting.until - report.time).roundedText)"
    }
    return stream.caughtUp == true ? "caught up" : "catching up"
  }

  private var rules: [String] {
    let rows = report.rules.map { row(of: $0) }
    let titles = ["RULE", "HANDLERS", "BACKLOG", "PARKED", "HELD BACK", "SHADOW", "MISSED", "DUE"]
    return TextTable(titles, rows, right: [1, 2, 3, 4, 5, 6]).lines(screen: screen)
  }

  private func row(of rule: StatusReport.Rule) -> [String] {
    let name = rule.path ?? rule.namespace + (report.running ? " (not loaded)" : "")
    // What most rules never have takes no room.
    let rare = [rule.suppressedAlerts, rule.shadowAlerts, rule.skippedTicks].map { count in
      count.flatMap { $0 > 0 ? String($0) : nil } ?? ""
    }
    return [name, handlers(of: rule), String(rule.backlog), String(rule.parked)] + rare + [due(of: rule)]
  }

  private func due(of rule: StatusReport.Rule) -> String {
    guard let due = rule.nextDue else { return "" }
    return due > report.time ? "in \((due - report.time).roundedText)" : "now"
  }

  private func handlers(of rule: StatusReport.Rule) -> String {
    if rule.busy == true { return "busy" }
    guard let handlers = rule.handlers else { return "" }
    guard let quarantined = rule.quarantined, quarantined > 0 else { return String(handlers) }
    return "\(handlers - quarantined) of \(handlers)"
  }

  private var sinks: [String] {
    let rows = report.sinks.map { [$0.name, String($0.pending), String($0.parked)] }
    return TextTable(["SINK", "PENDING", "PARKED"], rows, right: [1, 2]).lines(screen: screen)
  }

  // MARK: Sums

  private var ending: [String] {
    var lines: [String] = []
    if let counters = report.counters {
      var parts = [
        Count.text(counters.events, "event"), Count.text(counters.pages, "page"), Count.text(counters.alerts, "alert"),
        Count.text(counters.failures, "failure"),
      ]
      if let last = counters.lastDelivery { parts.append("last delivery \(age(of: last)) ago") }
      lines.append("since the start: \(parts.joined(separator: ", "))")
    }
    var parts = ["\(Count.text(report.seenEvents, "event")) remembered as handled"]
    if let bytes = report.walBytes { parts.append("log \(Count.bytes(bytes))") }
    if let bytes = report.ruleMemory { parts.append("rules' memory \(Count.bytes(bytes))") }
    return lines + ["ledger: \(parts.joined(separator: ", "))"]
  }

  private func age(of time: Timestamp) -> String { max(report.time - time, .zero).roundedAge }
}
