import ArgumentParser
import BoxClient
import Ledger
import Watcher

/// `boxwatch parked list`: reads the ledger, beside a running watcher or without one.
struct ParkedListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Show what is parked, and why; with ids, tracebacks too.")

  @OptionGroup var selectors: ParkedSelectors
  @OptionGroup var state: StateOption
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

  private func text(_ item: ParkedItem, _ now: Timestamp) -> [String] {
    let what =
      switch item.kind {
      case .event: (item.eventType ?? "event") + (item.eventId.map { " \($0)" } ?? "")
      case .delivery: "\(item.action ?? "delivery") to \(item.path ?? item.sink ?? "nowhere")"
      }
    let rule = item.rule.map { "  rule \($0)" } ?? ""
    var lines = ["\(item.id)  \(what)\(rule)  \(max(now - item.parkedAt, .zero).roundedAge) ago"]
    let reason = item.reason.map { "\($0): " } ?? ""
    // The innermost line of an error says it; the rest of it stands below.
    let details = "\(reason)\(item.error)".split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
    lines += (selectors.ids.isEmpty ? Array(details.prefix(1)) : details).map { "    \($0)" }
    if !selectors.ids.isEmpty, let traceback = item.traceback {
      lines += traceback.split(separator: "\n").map { "      \($0.drop { $0 == "\t" })" }
    }
    return lines.map { TerminalText.escaped($0) }
  }
}
