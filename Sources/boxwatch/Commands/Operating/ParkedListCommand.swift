import ArgumentParser
import BoxClient
import Ledger
import LuaHost
import Watcher

/// `boxwatch parked list`: reads the ledger, beside a running watcher or without one.
struct ParkedListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Show what is parked, and why; with ids, tracebacks too.")

  @OptionGroup var selectors: ParkedSelectors
  @OptionGroup var state: StateLocation
  @Flag(help: "Print a line of JSON for each, events with their texts.")
  var json = false
  @OptionGroup var display: DisplayOptions

  func run() async throws {
    var finding = ParkedFinding()
    if let directory = try state.existing(), let reader = try LedgerReader.open(directory) {
      var output = StandardOutput()
      let now = WallClock.now
      try (selectors.selection ?? .all).forEach(in: reader) { item in
        finding.add(item)
        for line in json ? [try line(item)] : text(item, now) { try output.write(line + "\n") }
      }
      try output.flush()
      try reader.close()
    }
    finding.unknown = Set(selectors.ids).subtracting(finding.ids).sorted()
    if !json { StandardError.write("boxwatch: \(finding.text) parked\n") }
    try finding.refuseUnknown()
  }

  private func line(_ item: ParkedItem) throws -> String {
    let line = String(decoding: try ControlCoding.encode(item), as: UTF8.self)
    return StandardOutput.isTerminal ? TerminalText.escapedJSON(line) : line
  }

  /// Two lines for each; where ids are named, all that is known.
  private func text(_ item: ParkedItem, _ now: Timestamp) -> [String] {
    let what =
      switch item.kind {
      case .event: item.eventType ?? "event"
      case .delivery: "\(item.action ?? "delivery") to \(item.path ?? item.sink ?? "nowhere")"
      }
    let rule = item.rule.map { "  rule \($0)" } ?? item.stream.map { "  stream \($0)" } ?? ""
    let heading = "\(item.id)  \(what)\(rule)  \(max(now - item.parkedAt, .zero).roundedAge) ago"
    let error = LuaFailure(.runtime, item.error, location: item.location)
    let reason = (item.reason.map { "\($0): " } ?? "") + "\(error)"
    let reasons = reason.split(separator: "\n").map { "    \($0)" }
    let lines = selectors.ids.isEmpty ? [heading] + reasons.prefix(1) : [heading] + reasons + details(of: item)
    return lines.map { TerminalText.escaped($0) }
  }

  private func details(of item: ParkedItem) -> [String] {
    var lines = ["    parked \(item.parkedAt), \(Count.text(item.attempts, "attempt"))"]
    if let stream = item.stream { lines.append("    event \(item.eventId ?? "without an id") of stream \(stream)") }
    let traceback = (item.traceback ?? "").split(separator: "\n")
    return lines + traceback.map { "      \($0.drop { $0 == "\t" })" }
  }
}
