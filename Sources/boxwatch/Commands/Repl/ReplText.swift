import BoxClient
import LuaHost
import RuleEngine

/// What the prompt says, in words.
enum ReplText {
  /// Of an event's id, which is a digest, so much is shown on a screen.
  private static let shownIDLength = 10

  /// An event on one line, with its id, or the beginning of it that is enough for `.explain`.
  ///
  /// - Parameter columns: those of the screen; nil where all is to be shown.
  static func line(_ event: Event, columns: Int?) -> String {
    func field(_ path: String) -> String? { FieldPath(path).flatMap { event.value(at: $0)?.string } }
    let who = field("created_by.login") ?? field("created_by.name") ?? "-"
    let what = field("source.name") ?? field("source.item_name") ?? field("source.login") ?? ""
    let id = event.id ?? "-"
    let shownID = columns == nil ? id : String(id.prefix(shownIDLength))
    let text = "\(shownID)  \(event.createdAt ?? "-")  \(event.eventType)  \(who)  \(what)"
    let escaped = TerminalText.escaped(text)
    return columns.map { TerminalText.fitted(escaped, to: $0) } ?? escaped
  }

  static func log(_ line: RuleLogLine) -> String {
    let level = line.level == .info ? "" : "\(line.level.rawValue): "
    let mark = line.file == RuleConsole.name ? "" : "[\(line.file)] "
    return TerminalText.escapedLines("\(mark)\(level)\(line.text)") + "\n"
  }

  /// A failure with the lines of the script that led there, where there are several.
  static func failure(_ failure: LuaFailure) -> String {
    let calls = (failure.traceback ?? "").split(separator: "\n").dropFirst()
      .map { $0.drop { $0 == "\t" } }
      .filter { !$0.hasPrefix("[C]") && !$0.hasPrefix("box:") && !$0.hasPrefix("(") }
    var lines = ["\(failure)"]
    if calls.count > 1 { lines += calls.map { "  \($0)" } }
    return lines.joined(separator: "\n")
  }

  /// What handlers make of an event, those that match first.
  static func explanation(_ explanations: [EventExplanation], columns: Int) -> String {
    let order: [EventExplanation.Verdict] = [.matches, .fails, .isSetAside, .differs]
    var text = ""
    for verdict in order {
      for one in explanations where one.verdict == verdict {
        text += TerminalText.escaped("\(word(verdict))  \(one.handler)") + "\n"
        if let reason = one.reason { text += indented(reason) }
        if verdict == .matches && one.effects.isEmpty { text += indented("does nothing that lasts") }
        for effect in one.effects { text += indented(effect) }
      }
    }
    return text
  }

  private static func word(_ verdict: EventExplanation.Verdict) -> String {
    switch verdict {
    case .matches: "matches  "
    case .fails: "fails    "
    case .isSetAside: "set aside"
    case .differs: "no       "
    }
  }

  private static func indented(_ text: String) -> String {
    text.split(separator: "\n").map { "             " + TerminalText.escaped(String($0)) + "\n" }.joined()
  }
}
